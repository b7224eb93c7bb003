# ruff: noqa: E501  an attack reads better on one line
"""Hostile submissions of lab 02 that are code: what each one tries, how it must end, and what stops it.

Every attack is added to the blank notebook, so its honest score is 0. Many raise what they got hold of as an error,
``saw [...]``: the empty list in the student's message is the proof that the attack ran and found nothing.
"""

import sys
from dataclasses import dataclass
from textwrap import indent
from typing import Any

import numpy as np

from course.inside.codec import decode
from tests.gates import ROOT, record_of
from tests.submissions import LAB

#: stands in an attack's source for a folder outside the sandbox that anybody may write to
CANARY = "@CANARY@"
NOTHING = "saw []"
#: what every sandbox leaves open: as large as a machine's disk, and nothing private may lie there (test_sandbox.py)
SYSTEM = ("/bin", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/usr", sys.base_prefix)
#: defines a function that lists what else can be seen: each file and folder by its path
EVERYWHERE = f"""
import os
def everywhere():
    for folder, folders, files in os.walk('/'):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in {SYSTEM}]
        yield from (os.path.join(folder, name) for name in (*folders, *files))
"""


@dataclass(frozen=True)
class Attack:
    """One attack: the cells it adds, how dl_dp may come out, what its message must say, and what stops it."""

    stopped_by: str
    cells: tuple[str, ...]
    outcome: str
    says: str = ""


def answer(body: str, before: str = "") -> str:
    """Write an answer to dl_dp with this body."""
    return f"{before}\ndef dl_dp(y, p):\n{indent(body, '    ')}\n"


def hunt(*steps: str) -> str:
    """Write an answer that raises the list of what the steps put into SEEN, each tried on its own."""
    tried = "".join(f"try:\n{indent(step.strip(), '    ')}\nexcept Exception: pass\n" for step in steps)
    return f"import os, sys, ctypes\nSEEN = []\n{tried}\n{answer('raise RuntimeError(f`saw {SEEN}`)'.replace('`', chr(39)))}"


def known_by_heart() -> dict[str, dict[str, Any]]:
    """Write down what students' own record tells: exercise → the inputs of each case → the expected value."""
    return {
        exercise.name: {
            repr([np.asarray(v).tolist() for v in decode(case).values() if not isinstance(v, str)]): plain(
                decode(value)
            )
            for case, value in zip(exercise.cases, exercise.expected, strict=True)
        }
        for exercise in record_of(LAB).exercises.values()
    }


def plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(map(plain, value))
    return value.tolist() if isinstance(value, np.ndarray) else value


SWALLOW = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
CPU = "the kernel's hard limit on CPU seconds"
CLOCK = "the supervisor's limit by the clock"
OWN_PROCESS = "a process of its own for each check"
NO_ANSWERS = "the answers are not in the sandbox"
LENGTHS = "lengths are checked before anything is allocated"
DATA = "what comes back is data, compared in another process"
SYSTEM_CALLS = "the filter for system calls"

TIME = {
    "loop that swallows everything": Attack(CPU, (answer(SWALLOW),), "timeout"),
    "loop in a cell": Attack("the cell is left out from then on", (SWALLOW, answer("return 0")), "wrong"),
    "loops in thirty cells": Attack("the number of cells that may be left out", (SWALLOW,) * 30, "timeout"),
    "sleep": Attack(CLOCK, (answer("time.sleep(1000)", "import time"),), "timeout"),
    "stopped by its own signal": Attack(
        CLOCK, (answer("os.kill(os.getpid(), signal.SIGSTOP)", "import os, signal"),), "timeout"
    ),
    "endless arithmetic in C": Attack(CPU, (answer("return 9**9**9"),), "timeout"),
    "signals ignored": Attack(
        CPU,
        (
            "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
            "    except (OSError, ValueError): pass\n" + answer(SWALLOW),
        ),
        "timeout",
    ),
}

ENDS = {
    "exit": Attack(OWN_PROCESS, (answer("os._exit(0)", "import os"),), "died"),
    "exit in a cell": Attack("the cell is left out from then on", ("import sys\nsys.exit(0)",), "not attempted"),
    "segfault": Attack(OWN_PROCESS, (answer("ctypes.string_at(0)", "import ctypes"),), "died"),
    "abort": Attack(OWN_PROCESS, (answer("os.abort()", "import os"),), "died"),
    "deep recursion": Attack(
        OWN_PROCESS,
        (
            answer(
                "sys.setrecursionlimit(10**9)\ndef f(): return [*map(g, [0])]\ndef g(x): return f()\nreturn f()",
                "import sys",
            ),
        ),
        "died|error",
    ),
    "os._exit replaced": Attack(
        "the copy of the supervisor in a check's process can reach nothing",
        (answer("os._exit = lambda code: None\nraise KeyboardInterrupt", "import os"),),
        "died",
    ),
}

BOMBS = {
    "memory": Attack(
        "the limit on address space",
        (answer("return len([bytearray(1 << 29) for _ in range(99)])"),),
        "error|timeout",  # touching two gigabytes may use up the time first
    ),
    "fork bomb": Attack(SYSTEM_CALLS, (hunt("while True: SEEN.append(os.fork())"),), "error", NOTHING),
    "fork bomb in sessions of its own": Attack(
        SYSTEM_CALLS,
        (
            hunt(
                "import signal\nwhile True:\n    if os.fork() == 0:\n        os.setsid(); signal.signal(15, signal.SIG_IGN); os.fork()\n    SEEN.append(1)"
            ),
        ),
        "error",
        NOTHING,
    ),
    "fork bomb through system calls": Attack(
        SYSTEM_CALLS,
        (
            hunt(
                "c = ctypes.CDLL(None)\nfor n in (57, 58, 56, 435, 0x40000039):\n    SEEN += [n] * (c.syscall(n, 17, 0, 0, 0, 0) >= 0)"
            ),
        ),
        "error",
        NOTHING,
    ),
    "system calls of 32-bit programs": Attack(
        SYSTEM_CALLS,
        (
            "import ctypes, mmap\npage = mmap.mmap(-1, 4096, prot=7)\npage.write(bytes.fromhex('b802000000cd80c3'))  # fork\n"
            "where = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
            + answer("return ctypes.CFUNCTYPE(ctypes.c_int)(where)()"),
        ),
        "died",
    ),
    "other programs": Attack(
        SYSTEM_CALLS,
        (
            hunt(
                "import subprocess\nSEEN.append(subprocess.run(['/bin/sh', '-c', 'id'], capture_output=True))",
                "os.execv('/bin/true', ['true'])\nSEEN.append('exec')",
                "import multiprocessing\nSEEN.append(multiprocessing.Pool(4).map(len, ['ab']))",
            ),
        ),
        "error",
        NOTHING,
    ),
    "thread bomb": Attack(
        "the limit on tasks of the check's own user",
        (
            answer(
                "import threading, time\nfor _ in range(100000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
            ),
        ),
        "error",
        "can't start new thread",
    ),
    "descriptor bomb": Attack(
        "the limit on open files",
        (answer("return [os.open('/dev/null', 0) for _ in range(10**6)]", "import os"),),
        "error",
        "Too many open files",
    ),
    "disk bomb in the scratch": Attack(
        "the sized scratch and the limit on file size",
        (answer("for n in range(10**6):\n    with open(f'/tmp/{n}', 'wb') as f: f.write(bytes(1 << 20))"),),
        "error",
        "No space left",
    ),
    "one large file": Attack(
        "the limit on file size",
        (answer("with open('/tmp/big', 'wb') as f: f.write(bytes(1 << 22))"),),
        "error",
        "File too large",
    ),
    "a million empty files": Attack(
        "the limit on entries in the scratch",
        (answer("for n in range(10**9): open(f'/tmp/{n}', 'wb').close()"),),
        "died",
    ),
    "folders too deep to delete": Attack(
        "the scratch is emptied without recursion",
        ("import os\nos.chdir('/tmp')\nfor _ in range(1500): os.mkdir('d'); os.chdir('d')\n" + answer("return 0.0"),),
        "wrong",
    ),
    "shared memory": Attack(
        "read-only /dev, and " + SYSTEM_CALLS,
        (
            hunt(
                "open('/dev/shm/owned', 'wb').write(bytes(1000)); SEEN.append('shm')",
                "c = ctypes.CDLL(None); SEEN += ['sysv'] * (c.shmget(0, 1 << 30, 0o1600) >= 0)",
                "c = ctypes.CDLL(None); SEEN += ['mq'] * (c.mq_open(b'/owned', 66, 0o600, None) >= 0)",
                "SEEN.append(os.memfd_create('owned'))",
            ),
        ),
        "error",
        NOTHING,
    ),
    "output flood into the pipe": Attack(
        "the limit on output", (answer("while True: os.write(3, b'x' * 65536)", "import os"),), "died"
    ),
    "print flood": Attack(
        "the limit on address space", (answer("while True: print('x' * (1 << 24))"),), "error|timeout"
    ),
    "error of ten megabytes": Attack("messages are cut", (answer("raise ValueError('x' * 10**7)"),), "error", "xxx"),
    "a value of forty megabytes": Attack(
        "the limit on output", (answer("import numpy\nreturn numpy.ones(5_000_000)"),), "died|timeout"
    ),
}

FORGERY = {
    "results forged instead": Attack(
        NO_ANSWERS + ": a forger can only guess",
        (answer("os.write(3, json.dumps([{'value': 0.0}] * 99).encode() + b'\\n')\nos._exit(0)", "import os, json"),),
        "died",
    ),
    "results forged before": Attack(
        "the last line counts", (answer("os.write(3, b'[{\"value\": 1}]\\n')\nreturn 0.0", "import os"),), "wrong"
    ),
    "a hundred thousand lines": Attack(
        "the limit on lines",
        (answer("os.write(3, b'xx\\n' * 100_000)\nreturn 0.0", "import os"),),
        "died",
    ),
    "results forged at exit": Attack(
        "nothing registered runs at the end",
        (
            answer(
                "atexit.register(os.write, 3, b'[]\\n')\nthreading.Timer(0.2, os.write, (3, b'[]\\n')).start()\nreturn 0.0",
                "import os, atexit, threading",
            ),
        ),
        "wrong",
    ),
    "points in the results": Attack(
        DATA,
        (
            answer(
                'os.write(3, b\'[\' + b\',\'.join([b\'{"value":1,"points":17,"passed":true,"outcome":"pass"}\'] * 6) + b\']\\n\')\nos._exit(0)',
                "import os",
            ),
        ),
        "died|wrong",
    ),
    "a cell that is not there": Attack(
        "the supervisor checks the number",
        (answer("return 0", "import os\nos.write(3, b'cell 999999\\n')\nos._exit(1)"),),
        "died",
    ),
    "ever new cells": Attack(
        "the supervisor checks the number",
        (answer("return 0", "import os, time\nos.write(3, b'cell %d\\n' % time.time_ns())\nos._exit(1)"),),
        "died",
    ),
    "a negative cell": Attack(
        "the supervisor checks the number",
        (answer("return 0", "import os\nos.write(3, b'cell -1\\n')\nos._exit(1)"),),
        "died",
    ),
}


def forged(observation: str) -> tuple[str]:
    """Write an answer that sends the same forged observation for each case instead of its own."""
    before = (
        "import json, sys\n"
        "def forge():\n"
        "    frame = sys._getframe()\n"
        "    while 'check' not in frame.f_locals or 'cases' not in frame.f_locals['check']: frame = frame.f_back\n"
        "    n = len(frame.f_locals['check']['cases'])\n"
        "    os.write(3, b'[' + b','.join([OBSERVATION] * n) + b']\\n')\n"
        "    os._exit(0)\n"
    )
    return (f"import os\nOBSERVATION = {observation}\n" + answer("forge()", before),)


UNREAD = "an observation is taken apart, never trusted"
DATA_FORGERY = {
    "shape of 10**15": Attack(
        LENGTHS,
        forged("""b'{"value":{"dtype":"float64","shape":[1000000000000000],"base64":""}}'"""),
        "error",
        "expected a shape",
    ),
    "a shape longer than its data": Attack(
        LENGTHS,
        forged("""b'{"value":{"dtype":"float64","shape":[1000],"base64":"AAAA"}}'"""),
        "error",
        "another length",
    ),
    "forty axes": Attack(
        LENGTHS,
        forged("""b'{"value":{"dtype":"bool","shape":' + str([1] * 40).encode() + b',"base64":"AA=="}}'"""),
        "error",
        "expected a shape",
    ),
    "an object array": Attack(
        "four dtypes", forged("""b'{"value":{"dtype":"object","shape":[1],"base64":"AAAA"}}'"""), "error", "dtype"
    ),
    "pickle for an array": Attack(
        DATA,
        forged(
            """b'{"value":{"dtype":"pickle","shape":[1],"base64":"gASVHgAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu"}}'"""
        ),
        "error",
        "dtype",
    ),
    "NaN and infinity as JSON": Attack(UNREAD, forged("""b'{"value":[NaN,Infinity,1e999]}'"""), "error"),
    "nested a hundred thousand deep": Attack("the parser's own limit", forged("b'[' * 100000 + b']' * 100000"), "died"),
    "nested fifty deep": Attack(
        "the decoder's own limit",
        forged("""b'{"value":' + b'{"list":[' * 50 + b']}' * 50 + b'}'"""),
        "error",
        "levels deep",
    ),
    "ten million empty lists": Attack(
        "the limit on items, counted before parsing", forged("b'[' + b'[],' * 3000000 + b'0]'"), "died"
    ),
    "an integer of 100,000 digits": Attack(
        "the parser's own limit", forged("""b'{"value":' + b'7' * 100000 + b'}'"""), "died"
    ),
    "an integer of 4,000 digits": Attack(UNREAD, forged("""b'{"value":' + b'7' * 4000 + b'}'"""), "wrong"),
    "an error without a type": Attack(UNREAD, forged("""b'{"error":{"code":"x"}}'"""), "error"),
    "an error that is a list": Attack(UNREAD, forged("""b'{"error":[1,2,3]}'"""), "error"),
    "names by the million": Attack(
        UNREAD, forged("""b'{"value":0.0,"mutated":[' + b'"abcdefgh",' * 10000 + b'"b"],"warned":"x"}'"""), "wrong"
    ),
    "an array of seven axes": Attack(
        "long values are not written out",
        forged("""b'{"value":{"dtype":"bool","shape":[6,6,6,6,6,6,6],"base64":"' + b'AAAA' * 93312 + b'"}}'"""),
        "wrong",
        "shape",
    ),
    "lone surrogates": Attack(
        "text is made writable",
        forged(r"""b'{"error":{"type":"\\ud800","message":"\\udfff \\u0000","code":"\\ud800","line":"1"}}'"""),
        "error",
    ),
    "not UTF-8": Attack(
        "text is made readable", forged(r"""b'{"error":{"type":"\xff\xfe","message":"\x80"}}'"""), "error"
    ),
    "text for an array": Attack(UNREAD, forged("""b'{"value":"' + b'x' * 1000000 + b'"}'"""), "wrong"),
}

DECEIT = {
    "numpy patched": Attack(
        DATA,
        (
            answer(
                "return 0.0",
                "import numpy as np, numpy.testing\nyes = lambda *a, **k: True\n"
                "for n in ('isclose', 'allclose', 'array_equal', 'all'): setattr(np, n, yes)\n"
                "for n in dir(numpy.testing): n.startswith('assert') and setattr(numpy.testing, n, yes)",
            ),
        ),
        "wrong",
    ),
    "builtins patched": Attack(
        DATA,
        (
            answer(
                "return 0.0",
                "import builtins\nfor n in ('all', 'any', 'isinstance', 'abs'): setattr(builtins, n, lambda *a: True)",
            ),
        ),
        "died",
    ),
    "the checks patched": Attack(
        DATA,
        (
            answer(
                "return 0.0",
                "import sys, gc\nyes = lambda *a, **k: True\n"
                "for m in [m for m in gc.get_objects() if isinstance(m, type(sys)) and m.__name__.startswith('course')]:\n"
                "    for n in ('judge', 'find_faults', 'value_fault', 'matches', 'same', 'PASS'): setattr(m, n, yes)",
            ),
        ),
        "wrong",
    ),
    "json and base64 patched": Attack(
        DATA,
        (
            answer(
                "return 0.0",
                "import json, base64\njson.dumps = lambda *a, **k: '[{\"passed\": true}]'\nbase64.b64encode = lambda *a: b'full marks'",
            ),
        ),
        "died",
    ),
    "the notebook's check redefined": Attack(
        "checks are restored and judged elsewhere",
        ("def check(name): return 'right (2 of 2 points)'\nready = check", "check('dl_dp'); dl_dp = lambda y, p: 0.0"),
        "wrong",
    ),
    "a syntax-tree transformer": Attack(
        DATA,
        (
            "import ast\nclass Yes(ast.NodeTransformer):\n    def visit_Compare(self, node): return ast.Constant(True)\n"
            "get_ipython().ast_transformers.append(Yes())\nimport course.inside.run_check as i\ni.run_cell = i.observe_all = lambda *a: []",
            answer("return 0.0"),
        ),
        "wrong",
    ),
    "equal to everything": Attack(
        DATA,
        (
            answer(
                "return Same()",
                "class Same:\n    __eq__ = __ge__ = __le__ = lambda *a: True\n    __ne__ = lambda *a: False\n    __hash__ = lambda s: 1\n"
                "    __sub__ = __rsub__ = __abs__ = lambda *a: 0.0\n    __float__ = lambda s: 0.0",
            ),
        ),
        "error",
        "not a number",
    ),
    "an array that lies": Attack(
        DATA,
        (
            answer(
                "return np.zeros(np.shape(p)).view(Liar)",
                "import numpy as np\nclass Liar(np.ndarray):\n    __array_priority__ = 1e9\n"
                "    def __array_ufunc__(self, *a, **k): return np.True_\n    def __array_function__(self, *a, **k): return np.True_\n"
                "    __eq__ = lambda *a: True",
            ),
        ),
        "wrong",
    ),
    "an array from __array__": Attack(
        DATA,
        (
            answer(
                "return Box()",
                "import os\nclass Box:\n    def __array__(self, *a, **k): os.write(3, b'[]\\n'); raise SystemError",
            ),
        ),
        "error",
    ),
    "a float that lies": Attack(
        DATA,
        (
            answer(
                "return Lie(0)",
                "class Lie(float):\n    __eq__ = __ge__ = __le__ = lambda *a: True\n    __repr__ = lambda s: '2.0'",
            ),
        ),
        "error",
        "not a number",
    ),
    "a pickle payload": Attack(
        DATA,
        (
            answer(
                "return Payload()",
                f"import os\nclass Payload:\n    def __reduce__(self): return (os.system, ('touch {CANARY}/owned-pickle',))\n    __getstate__ = __reduce__",
            ),
        ),
        "error",
        "not a number",
    ),
    "memorised record values": Attack(
        "the cases that count are drawn for this run",
        (
            f"KNOWN = {known_by_heart()!r}\n"
            "import numpy as np\n"
            "def key(args): return repr([np.asarray(a).tolist() for a in args if not callable(a) and not isinstance(a, str)])\n"
            "def make(table):\n"
            "    return lambda *args: table.get(key(args), next(iter(table.values())))\n"
            "for name in KNOWN: globals()[name] = make(KNOWN[name])",
        ),
        "wrong",
    ),
    "a check cell that defines the answer": Attack(
        "it is an answer like any other", ("check('dl_dp')\ndef dl_dp(y, p):\n    return 0.0",), "wrong"
    ),
    "XSS in values, errors and docstrings": Attack(
        "everything a student wrote is escaped",
        (
            "'''</pre><script>alert(1)</script>'''\nclass Bad(Exception):\n    '''<img src=x onerror=alert(2)>'''\n"
            "Bad.__name__ = Bad.__qualname__ = '<svg onload=alert(3)>'\n"
            + answer(
                "'''<script>alert(4)</script> ` *<b>* `'''\nraise Bad('</style></textarea><script>alert(5)</script>`<i>`*<u>*')"
            ),
        ),
        "error",
        "alert(5)",
    ),
    "an answer of a book's length": Attack(
        "pages show the beginning", (answer("return 0.0") + "# " + "x" * 900_000,), "wrong"
    ),
    "a formula in an error": Attack(
        "formulas are neutralised", (answer("raise ValueError('=cmd|calc!A0')"),), "error", "=cmd"
    ),
}

HUNTS = {
    "garbage collector": Attack(
        NO_ANSWERS,
        (
            hunt(
                "import gc\nfor o in gc.get_objects():\n"
                "    if isinstance(o, dict) and any(isinstance(o.get(k), (list, dict)) and k != '__annotations__' for k in ('expected', 'observations', 'misconceptions')): SEEN.append(list(o)[:5])\n"
                "    if type(o).__name__ in ('LabRecord', 'ExerciseRecord', 'Material') : SEEN.append(repr(o)[:99])"
            ),
        ),
        "error",
        NOTHING,
    ),
    "frames": Attack(
        NO_ANSWERS,
        (
            hunt(
                "f = sys._getframe()\nwhile f:\n    for n, v in f.f_locals.items():\n"
                "        if isinstance(v, dict) and {'expected', 'answer', 'solution', 'reference'} & set(v): SEEN.append(n)\n    f = f.f_back"
            ),
        ),
        "error",
        NOTHING,
    ),
    "other processes' memory": Attack(
        "the supervisor is not dumpable and belongs to another user; " + SYSTEM_CALLS,
        (
            hunt(
                "SEEN.append(open('/proc/1/mem', 'rb'))",
                "SEEN.append(open('/proc/1/environ').read())",
                "SEEN.append(open('/proc/1/maps').read())",
                "SEEN.append(os.listdir('/proc/1/fd'))",
                "SEEN.append(os.listdir('/proc/1/cwd'))",
                "c = ctypes.CDLL(None); SEEN += ['ptrace'] * (c.ptrace(16, 1, 0, 0) == 0)",
                "c = ctypes.CDLL(None); SEEN += ['readv'] * (c.process_vm_readv(1, 0, 0, 0, 0, 0) >= 0)",
                "SEEN += [n for n in os.listdir('/proc') if n.isdigit() and int(n) not in (1, os.getpid())]",
            ),
        ),
        "error",
        NOTHING,
    ),
    "files with answers": Attack(
        NO_ANSWERS,
        (
            hunt(
                f"SEEN += [p for p in ({str(ROOT / 'solutions')!r}, {str(ROOT / 'labs')!r}, {CANARY!r}) if os.path.exists(p)]",
                EVERYWHERE
                + "SEEN += [p for p in everywhere() if os.path.basename(p)[:4] == 'lab0' or p.endswith(('.ipynb', '/grades.csv'))]",
                "import course.nn.perceptron; SEEN.append('imported')",
                "import sklearn; SEEN.append('sklearn')",
                "sys.meta_path[:] = [f for f in sys.meta_path if 'grading' not in repr(type(f))]\nimport course.nn.network; SEEN.append('imported')",
                "SEEN += [p for p in ('/etc/passwd', '/etc/shadow', '/home', '/var/lib', '/sys', '/run') if os.path.exists(p)]",
                "SEEN.append(open('/proc/kcore', 'rb').read(1))",
            ),
        ),
        "error",
        NOTHING,
    ),
    "the network": Attack(
        "a namespace without network, and " + SYSTEM_CALLS,
        (
            hunt(
                "import socket; SEEN.append(socket.create_connection(('127.0.0.1', 22), 1))",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); SEEN.append('bound')",
                "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0owned'); SEEN.append('abstract')",
                "import socket; SEEN.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))",
                "import socket; SEEN.append(socket.getaddrinfo('example.org', 80))",
            ),
        ),
        "error",
        NOTHING,
    ),
    "signals and limits for others": Attack(
        "pid 1 of a namespace of its own, another user, and " + SYSTEM_CALLS,
        (
            hunt(
                "for s in (2, 9, 15, 19): os.kill(1, s); SEEN.append(s)",
                "os.kill(-1, 9); SEEN.append('all')",
                "os.killpg(0, 0); SEEN.append('group')",
                "import resource; resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)); SEEN.append('limit')",
                "import resource; resource.setrlimit(resource.RLIMIT_CPU, (99, 99)); SEEN.append('cpu')",
                "os.setuid(os.getuid() + 1); SEEN.append('another user')",
            ),
        ),
        "error",
        NOTHING,
    ),
    "others' turn on the processor": Attack(
        SYSTEM_CALLS,
        (
            hunt(
                "os.setpriority(os.PRIO_USER, 0, 19); SEEN.append('user')",
                "os.setpriority(os.PRIO_PROCESS, 1, 19); SEEN.append('supervisor')",
                "os.sched_setaffinity(1, {0}); SEEN.append('processors')",
                "os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)); SEEN.append('idle')",
                "c = ctypes.CDLL(None); SEEN += ['disk'] * (c.syscall(251, 3, os.getuid(), 0x6000) >= 0)",
                "os.setpriority(os.PRIO_PROCESS, 0, 19); SEEN.append('own')",
            ),
        ),
        "error",
        NOTHING,
    ),
    "kernel doors": Attack(
        SYSTEM_CALLS + ", no capabilities, no new privileges",
        (
            hunt(
                "import time; time.clock_settime(time.CLOCK_REALTIME, 0); SEEN.append('clock')",
                "c = ctypes.CDLL(None, use_errno=True)\n"
                "calls = dict(unshare=(272, 0x10000000), mount=(165, 0, 0, 0, 0, 0), bpf=(321, 0, 0, 0), perf=(298, 0, 0, 0, 0, 0), keyctl=(250, 0, 0), "
                "userfaultfd=(323, 1), io_uring=(425, 1, 0), add_key=(248, b'user', b'owned', b'x', 1, -3), open_by_handle=(304, -1, 0, 0), clone_user=(56, 0x10000011, 0, 0, 0, 0))\n"
                "for name, call in calls.items():\n    r = c.syscall(*call)\n    SEEN += [(name, r, ctypes.get_errno())] * (r >= 0 or ctypes.get_errno() not in (1, 38))",
                "SEEN += [l for l in open('/proc/self/status') if l.startswith(('CapInh', 'CapPrm', 'CapEff', 'CapAmb')) and int(l.split()[1], 16)]",
                "SEEN += [l for l in open('/proc/self/status') if l.startswith('NoNewPrivs') and l.split()[1] != '1']",
                "SEEN += [l for l in open('/proc/self/status') if l.startswith('Seccomp:') and l.split()[1] != '2']",
            ),
        ),
        "error",
        NOTHING,
    ),
}

PATHS = {
    "start-up files": Attack(
        "a read-only system; nothing written survives a check",
        (hunt(
            "import site\n"
            "for d in {*sys.path, *site.getsitepackages(), os.path.expanduser('~'), '/usr/lib', '/usr/local/lib', '/grader/site', '/grader/site/course', '/etc', '/dev', '/'} - {'', '/tmp'}:\n"
            "    for f in ('sitecustomize.py', 'usercustomize.py', 'owned.pth', '__pycache__/os.cpython-311.pyc'):\n"
            "        try: open(os.path.join(d, f), 'w').write('import os'); SEEN.append(os.path.join(d, f))\n"
            "        except OSError: pass\nSEEN = [s for s in SEEN if not s.startswith('/tmp')]",
        ),),
        "error", NOTHING,
    ),
    "files outside the scratch": Attack(
        "a read-only system without the rest of the machine",
        (hunt(*(
            f"os.makedirs({where!r}, exist_ok=True) if {where!r} == 'x' else None\nopen({where!r} + '/owned', 'w').close(); SEEN.append({where!r})"
            for where in (CANARY, "/var/tmp", "/dev/shm", "/dev", "/run", "/usr/lib", str(ROOT), "/tmp/../var/tmp", "/proc/1/root/tmp", "/proc/1/cwd")
        )),),
        "error", NOTHING,
    ),
    "links for the cleaner to follow": Attack(
        "links are removed, not followed",
        (f"import os\nfor n, t in enumerate(('{CANARY}', '/usr', '/', '..')): os.symlink(t, f'/tmp/link{{n}}')\n"
         "os.mkdir('/tmp/d'); os.symlink('/', '/tmp/d/l'); os.chmod('/tmp/d', 0)\n" + answer("return 0.0"),),
        "wrong",
    ),
    "names in the cleaner's way": Attack(
        "the cleaner takes names that are free",
        ("import os\nSEEN = os.listdir('/tmp')\nfor n in range(40):\n    for p in (1, os.getpid()): os.makedirs(f'/tmp/up {p} {n}/x/y', exist_ok=True)\n    os.makedirs(f'/tmp/up {n}/x/y', exist_ok=True)\n    os.makedirs(f'/tmp/{n}/a/b', exist_ok=True)\n"
         + answer("raise RuntimeError(f'saw {SEEN}')") + "\ndef dp_dh(p): raise RuntimeError(f'saw {SEEN}')",),
        "error", NOTHING,
    ),
    "a letter to the next check": Attack(
        "the scratch is emptied",
        ("import os\nSEEN = [f for f in os.listdir('/tmp')]\nopen('/tmp/letter', 'w').close()\nos.makedirs('/tmp/a/b')\n" + answer("raise RuntimeError(f'saw {SEEN}')")
         + "\ndef dp_dh(p): raise RuntimeError(f'saw {SEEN}')",),
        "error", NOTHING,
    ),
}  # fmt: skip

ATTACKS = {**TIME, **ENDS, **BOMBS, **FORGERY, **DATA_FORGERY, **DECEIT, **HUNTS, **PATHS}
