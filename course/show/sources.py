"""What the sources print, slips included: tables that a lab puts on trial."""

from course.show.tables import Table


def nets_perceptron() -> Table:
    """Show the table of the lecture notes *Nets* for the neuron w = (1, −1), b = −0.5 on OR, as it is printed there."""
    rows = [
        ["0", "(0, 0)", "−0.5", "0.38", "0"],
        ["1", "(0, 1)", "−1.5", "0.18", "0"],
        ["2", "(1, 0)", "0.5", "0.38", "0"],
        ["3", "(1, 1)", "−0.5", "0.38", "0"],
    ]
    return Table("as printed in Nets", ["row", "x", "h", "p", "ŷ"], rows)
