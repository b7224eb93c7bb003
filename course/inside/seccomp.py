"""A filter in the kernel that forbids system calls to a check's process. No package is needed.

An answer only computes. It needs no processes, programs, sockets, shared memory, namespaces, keys or other processes'
memory, and most attacks on faults of the kernel use these. The filter is a program for the kernel's small virtual
machine, written here as numbers (seccomp(2), and linux/filter.h for the instructions).
"""

import ctypes
import os
import platform
import struct
import sys

from course.inside.libc import checked, libc

PR_SET_PDEATHSIG, PR_SET_SECCOMP, MODE_FILTER = 1, 22, 2
X86_64 = 0xC000003E
#: the newest call that was examined; newer ones, and the 32-bit ones of x86-64, are answered "does not exist"
LAST = 462
EPERM, ENOSYS = 1, 38

#: calls that are refused with any arguments, by their numbers on x86-64
DENIED = {
    "processes": {"fork": 57, "vfork": 58, "execve": 59, "execveat": 322},
    "network": {"socket": 41, "socketpair": 53},
    "other processes": {
        "ptrace": 101,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "kcmp": 312,
        "tkill": 200,
        "rt_sigqueueinfo": 129,
        "rt_tgsigqueueinfo": 297,
        "process_madvise": 440,
        "process_mrelease": 448,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "pidfd_send_signal": 424,
        "setpriority": 141,  # without a namespace, "all processes of my user" would include those outside the sandbox
        "sched_setparam": 142,
        "sched_setscheduler": 144,
        "sched_setaffinity": 203,
        "sched_setattr": 314,
        "ioprio_set": 251,
        "migrate_pages": 256,
        "move_pages": 279,
    },
    "memory that outlives a check or has no limit": {
        "shmget": 29,
        "shmat": 30,
        "shmctl": 31,
        "semget": 64,
        "semop": 65,
        "semctl": 66,
        "shmdt": 67,
        "msgget": 68,
        "msgsnd": 69,
        "msgrcv": 70,
        "msgctl": 71,
        "semtimedop": 220,
        "mq_open": 240,
        "mq_unlink": 241,
        "memfd_create": 319,
        "memfd_secret": 447,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
    },
    "namespaces and mounts": {
        "unshare": 272,
        "setns": 308,
        "mount": 165,
        "umount2": 166,
        "pivot_root": 155,
        "chroot": 161,
        "open_tree": 428,
        "move_mount": 429,
        "fsopen": 430,
        "fsconfig": 431,
        "fsmount": 432,
        "fspick": 433,
        "mount_setattr": 442,
        "statmount": 457,
        "listmount": 458,
        "name_to_handle_at": 303,
        "open_by_handle_at": 304,
    },
    "doors into the kernel": {
        "bpf": 321,
        "perf_event_open": 298,
        "userfaultfd": 323,
        "io_uring_setup": 425,
        "io_uring_enter": 426,
        "io_uring_register": 427,
        "personality": 135,
        "modify_ldt": 154,
        "iopl": 172,
        "ioperm": 173,
        "init_module": 175,
        "delete_module": 176,
        "finit_module": 313,
        "kexec_load": 246,
        "kexec_file_load": 320,
        "acct": 163,
        "swapon": 167,
        "swapoff": 168,
        "reboot": 169,
        "sethostname": 170,
        "setdomainname": 171,
        "settimeofday": 164,
        "adjtimex": 159,
        "clock_settime": 227,
        "clock_adjtime": 305,
        "syslog": 103,
        "quotactl": 179,
        "quotactl_fd": 443,
        "vhangup": 153,
        "lookup_dcookie": 212,
        "fanotify_init": 300,
    },
}
CLONE, CLONE3, KILL, TGKILL, PRLIMIT, FCNTL, IOCTL, PRCTL = 56, 435, 62, 234, 302, 72, 16, 157
CLONE_THREAD = 0x10000
#: setting the receiver of a descriptor's signals and the signal, and putting characters into a terminal
SET_OWNER, SET_SIGNAL, SET_OWNER_EX, TYPE_INTO_TERMINAL, TERMINAL_SUBCODES = 8, 10, 15, 0x5412, 0x541C

# the kernel's instructions: load a word; jump if equal, if greater, if a bit is set; return
LOAD, EQUAL, GREATER, BITS, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
ALLOW, KILL_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER_AT, ARCHITECTURE_AT = 0, 4


def supported() -> bool:
    """Tell whether the filter is written for this machine: Linux on x86-64."""
    return sys.platform.startswith("linux") and platform.machine() == "x86_64" and struct.calcsize("P") == 8


def program(pid: int) -> bytes:
    """Write the filter.

    Parameters
    ----------
    pid : int
        The process that the filter is for: its signals and limits may concern only itself.

    Returns
    -------
    bytes
        Instructions of eight bytes.
    """
    steps = [
        *_step(LOAD, ARCHITECTURE_AT),
        *_step(EQUAL, X86_64, 1, 0),
        *_step(RETURN, KILL_PROCESS),
        *_step(LOAD, NUMBER_AT),
        *_step(GREATER, LAST, 0, 1),
        *_step(RETURN, REFUSE | ENOSYS),
        *_step(EQUAL, CLONE3, 0, 1),  # a filter cannot see its flags; the C library then uses clone
        *_step(RETURN, REFUSE | ENOSYS),
    ]
    for number in sorted({number for group in DENIED.values() for number in group.values()}):
        steps += [*_step(EQUAL, number, 0, 1), *_step(RETURN, REFUSE | EPERM)]
    steps += _if_call(CLONE, 0, [*_step(BITS, CLONE_THREAD, 1, 0), *_step(RETURN, REFUSE | EPERM)])
    for call in (KILL, TGKILL):
        steps += _if_call(call, 0, [*_step(EQUAL, pid, 1, 0), *_step(RETURN, REFUSE | EPERM)])
    mine = [*_step(EQUAL, 0, 2, 0), *_step(EQUAL, pid, 1, 0), *_step(RETURN, REFUSE | EPERM)]
    steps += _if_call(PRLIMIT, 0, mine)
    # the signal at the parent's death cannot be changed: a check must not outlive a grader that was killed
    steps += _if_call(PRCTL, 0, [*_step(EQUAL, PR_SET_PDEATHSIG, 0, 1), *_step(RETURN, REFUSE | EPERM)])
    for call, refused in (
        (FCNTL, (SET_OWNER, SET_SIGNAL, SET_OWNER_EX)),
        (IOCTL, (TYPE_INTO_TERMINAL, TERMINAL_SUBCODES)),
    ):
        refusals = [s for value in refused for s in (*_step(EQUAL, value, 0, 1), *_step(RETURN, REFUSE | EPERM))]
        steps += _if_call(call, 1, refusals)
    return b"".join([*steps, *_step(RETURN, ALLOW)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> list[bytes]:
    """Write one instruction; a jump says how many instructions to skip."""
    return [struct.pack("<HBBI", code, if_true, if_false, value)]


def _if_call(number: int, argument: int, then: list[bytes]) -> list[bytes]:
    """Examine an argument of one call; for other calls, go on with the call's number loaded again."""
    body = [*_step(LOAD, 16 + 8 * argument), *then, *_step(LOAD, NUMBER_AT)]
    return [*_step(EQUAL, number, 0, len(body)), *body]


def install() -> None:
    """Put this process under the filter, which cannot be undone. The option "no new privileges" must be set before.

    Raises
    ------
    OSError
        If the kernel does not accept it.
    """
    code = program(os.getpid())
    text = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    described = Program(len(code) // 8, ctypes.addressof(text))
    result = libc().prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(described), 0, 0)
    checked("the kernel accepts no filter for system calls", result)
