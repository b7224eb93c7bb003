"""Tables as the sources print them, with their mistakes, for a lab to examine."""

from course.show.tables import Table


def nets_perceptron() -> Table:
    """Return the table for the neuron w = (1, −1), b = −0.5 on OR, as the lecture notes *Nets* print it."""
    rows = [
        ["0", "(0, 0)", "−0.5", "0.38", "0"],
        ["1", "(0, 1)", "−1.5", "0.18", "0"],
        ["2", "(1, 0)", "0.5", "0.38", "0"],
        ["3", "(1, 1)", "−0.5", "0.38", "0"],
    ]
    return Table("as printed in Nets", ["row", "x", "h", "p", "ŷ"], rows)
