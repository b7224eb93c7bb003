"""What students write in JupyterLab, Colab and VS Code means in every grader what it meant in their kernel."""

import json
from pathlib import Path
from typing import Any

import pytest

from course.grading.collect import Submission
from course.grading.grade import grade
from course.grading.grade_class import public_material
from course.grading.sandbox.choose import reason_against
from tests.gates import ROOT, record_of, run_in_kernel
from tests.submissions import LAB, answer_cell, solved
from tests.test_nbval import pytest_on

#: idiom → what stands above the right answer, in its cell
ABOVE = {
    # help, and what the system is asked
    "help": "np.gradient?",
    "help, with source": "np.gradient??",
    "help in front": "?np.gradient",
    "help on a pattern": "np.*grad*?",
    "shell": "!echo hello",
    "shell, kept": "files = !ls\nassert list(files) is not None",
    "shell with a name": "folder = '.'\n!ls {folder}",
    "shell, twice": "!!echo hello",
    "pip": "!pip --version",
    "pip as a magic": "%pip --version",
    "shell, over two lines": "!echo one \\\n  two",
    "shell under if": "if False:\n    !echo never",
    # line magics
    "matplotlib inline": "%matplotlib inline",
    "autoreload": "%load_ext autoreload\n%autoreload 2",
    "precision": "%precision 4",
    "time": "%time total = sum(range(10))\nassert total == 45",
    "time of an expression": "total = %time sum(range(10))\nassert total == 45",
    "timeit": "%timeit -n1 -r1 sum(range(10))",
    "timeit, kept": "t = %timeit -n1 -r1 -o sum(range(10))\nt.best",
    "prun": "%prun -q sum(range(10))",
    "who": "%who",
    "environment": "%env",
    "magic in a loop": "for _ in range(2):\n    %time pass",
    "percent in a string, below a magic": '%matplotlib inline\ntext = """\n%d steps\n! note\n"""\nassert "%d" in text',
    "percent over two lines": "x = (5\n% 3)\nassert x == 2",
    "question in a string": "s = 'why?'\nassert s.endswith('?')",
    "a prompt copied along": ">>> a = 1\n>>> b = a + 1",
    "IPython's prompt copied along": "In [1]: a = 1",
    # cell magics stand on the first line
    "cell time": "%%time",
    "cell capture": "%%capture",
    "cell capture, kept": "%%capture out",
    "cell prun": "%%prun -q",
    # await
    "await": "import asyncio\nawait asyncio.sleep(0)",
    "await a while": "import asyncio\nawait asyncio.sleep(0.01)",
    "await several": "import asyncio\nasync def one():\n    return 1\nassert await asyncio.gather(one()) == [1]",
    "await in a comprehension": "async def one():\n    return 1\nassert [await one() for _ in range(2)] == [1, 1]",
    # plots
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "the only line": "import matplotlib.pyplot as plt\nline, = plt.plot([1, 2])\nplt.close()",
    "three of a histogram": "import matplotlib.pyplot as plt\ncounts, bins, patches = plt.hist([1, 2])\nplt.close()",
    "figure and axes": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\nplt.close(fig)",
    "axes in a row": "import matplotlib.pyplot as plt\nfig, (a, b, c) = plt.subplots(1, 3)\nc.plot([1])\nplt.close()",
    "axes in a grid": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(2, 2)\nax[1, 0].plot([1])\nplt.close()",
    "all axes": (
        "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 3)\nseen = [ax for ax in axes.flat]\n"
        "assert len(seen) == 6\nplt.close()"
    ),
    "axes in step with data": (
        "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(1, 4)\n"
        "total = sum(n for ax, n in zip(axes, range(4)))\nassert total == 6\nplt.close()"
    ),
    "rest of what is drawn": "import matplotlib.pyplot as plt\nfirst, *rest = plt.plot([1, 2])\nplt.close()",
    "settings": "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 100",
    "with a style": "import matplotlib.pyplot as plt\nwith plt.style.context('default'):\n    n = 1\nassert n == 1",
    "in three dimensions": (
        "import matplotlib.pyplot as plt\nfrom mpl_toolkits.mplot3d import Axes3D\n"
        "ax = plt.figure().add_subplot(projection='3d')\nax.plot([1], [1], [1])\nplt.close()"
    ),
    "arithmetic with a plot's numbers": (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nlow, high = ax.get_ylim()\n"
        "ax.set_ylim(low - 0.1 * abs(low), 1.1 * high)\nlabel = f'{high:.2f}'\nplt.close(fig)"
    ),
    "middles of a histogram's bins": (
        "import matplotlib.pyplot as plt\ncounts, bins, _ = plt.hist([1, 2])\nmiddles = (bins[1:] + bins[:-1]) / 2\n"
        "plt.text(middles[0], counts[0] + 1, 'n')\nplt.close()"
    ),
    # progress bars and widgets
    "tqdm": "from tqdm import tqdm\nassert sum(tqdm(range(4))) == 6",
    "tqdm.auto": "from tqdm.auto import tqdm\nassert [n for n in tqdm([3, 4], desc='n')] == [3, 4]",
    "tqdm, the module": "import tqdm\nassert list(tqdm.tqdm(range(2))) == [0, 1]",
    "trange": "from tqdm import trange\nassert sum(trange(4)) == 6",
    "a bar that is moved by hand": (
        "from tqdm import tqdm\nwith tqdm(total=2) as bar:\n    bar.update(1)\n    bar.set_postfix(loss=1.0)"
    ),
    "enumerate of a bar": "from tqdm import tqdm\nassert dict(enumerate(tqdm('ab'))) == {0: 'a', 1: 'b'}",
    "interact": "from ipywidgets import interact\n@interact(n=(0, 3))\ndef show(n=1):\n    return n\nassert show(2)",
    "a slider's number": "import ipywidgets\ns = ipywidgets.FloatSlider()\nshown = np.ones(2) * s.value + 1",
    "an output": "import ipywidgets\nwith ipywidgets.Output():\n    kept = 3\nassert kept == 3",
    "display": "from IPython.display import display, Markdown\ndisplay(Markdown('*here*'))",
    "clear output": "from IPython.display import clear_output\nclear_output(wait=True)",
    "the shell itself": "get_ipython().run_line_magic('matplotlib', 'inline')",
    "a semicolon": "sum(range(3));",
    "an indented cell's comment": "# %%\n# in VS Code this begins a cell",
}
#: idiom → how the right function {answer} may be given its name {name}
DEFINED = {
    "under if": "if True:\n{indented}",
    "under try": "try:\n{indented}\nexcept ValueError:\n    pass",
    "in a pair": "{answer}\n{name}, again = {name}, None",
    "annotated": "{answer}\n{name}: object = {name}",
    "in a class's place": "{answer}\nkept = {name}\n{name} = lambda *args: kept(*args)",
    "with a decorator": "import functools\n@functools.lru_cache(None)\ndef helper():\n    return 1\n{answer}",
}


def written(number: int, name: str, right: str) -> str:
    """Write the answer of an exercise in the idiom of this number."""
    above, defined = list(ABOVE.values()), list(DEFINED.values())
    if number < len(above):
        return f"{above[number]}\n{right}"
    indented = "\n".join(f"    {line}" for line in right.splitlines())
    return defined[number - len(above)].format(answer=right, name=name, indented=indented)


IDIOMS = [*ABOVE, *DEFINED]
EXERCISES = list(record_of(LAB).exercises)


def in_notebooks() -> list[dict[str, Any]]:
    """Write the idioms into as few notebooks as there are exercises to answer."""
    notebooks = []
    for first in range(0, len(IDIOMS), len(EXERCISES)):
        notebook = solved()
        for number, name in zip(range(first, len(IDIOMS)), EXERCISES, strict=False):
            cell = answer_cell(notebook, name)
            cell["source"] = written(number, name, "".join(cell["source"]))
        notebooks.append(notebook)
    return notebooks


def is_needed(cell: dict[str, Any]) -> bool:
    """Leave out what a lab shows between its exercises: only the gates run all of it."""
    about = cell["metadata"]
    return bool(about.get("course", {}).keys() & {"exercise", "check"} or about.get("tags"))


def failing(notebook: int, passed: dict[str, bool]) -> list[str]:
    """Name the idioms of a notebook whose exercises do not pass."""
    return [
        IDIOMS[number]
        for number, name in zip(range(notebook * len(EXERCISES), len(IDIOMS)), EXERCISES, strict=False)
        if not passed[name]
    ]


def test_there_are_enough() -> None:
    assert len(IDIOMS) >= 60


@pytest.mark.kernel
def test_in_a_kernel(tmp_path: Path) -> None:
    wrong = []
    for number, notebook in enumerate(in_notebooks()):
        notebook["cells"] = [cell for cell in notebook["cells"] if is_needed(cell)]
        run = run_in_kernel(notebook, LAB, tmp_path / str(number), strict=False)
        checks = {name: run.outputs[f"lab{LAB}-check-{name}"] for name in EXERCISES}
        wrong += failing(number, {name: text.startswith("✔") for name, text in checks.items()})
    assert wrong == []


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", ["bubblewrap", "landlock"])
def test_in_the_grader(kind: str) -> None:
    if reason := reason_against(kind):
        pytest.skip(f"no {kind} here: {reason}")
    material = public_material(ROOT, LAB)
    wrong = []
    for number, notebook in enumerate(in_notebooks()):
        result = grade(Submission("someone", json.dumps(notebook).encode()), material, kind)
        wrong += failing(number, {row["exercise"]: row["outcome"] == "pass" for row in result["exercises"]})
    assert wrong == []


@pytest.mark.sandbox
def test_under_nbval(tmp_path: Path) -> None:
    for number, notebook in enumerate(in_notebooks()):
        (tmp_path / f"lab{LAB}_{number}.ipynb").write_text(json.dumps(notebook))
    code, counts, output = pytest_on(tmp_path, "--nbval-lax")
    assert (code, counts) == (0, {"passed": len(in_notebooks()) * len(EXERCISES)}), output
