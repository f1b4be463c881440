"""The system calls that a kernel may not make, as a filter program for the operating system.

A list of what is refused, because numerical libraries use too much of the rest to list it. What
is refused is how containers have been left: mounting, new namespaces, tracing, loading code into
the operating system, the young interfaces with a history of holes, sockets of families that no
network namespace holds, and memory that belongs to no process. Numbers above the newest call
known here do not exist for the kernel.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

# linux/filter.h: the operations that are used here, each with one operand.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# struct seccomp_data: where the number, the architecture and the arguments are.
_NUMBER, _ARCHITECTURE, _ARGUMENT_0, _ARGUMENT_1, _ARGUMENT_2 = 0, 4, 16, 24, 32
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000

_NEWEST_KNOWN = 462  # mseal, Linux 6.10; calls since 424 have one number everywhere
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6; vsock, for one, leaves the namespace
_NETLINK, _NETLINK_ROUTE = 16, 0  # how a process asks for its interfaces, as ZeroMQ does
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX

_NUMBERS = """
    name                x86_64  aarch64
    ptrace                 101  117
    personality            135   92
    pivot_root             155   41
    chroot                 161   51
    acct                   163   89
    settimeofday           164  170
    mount                  165   40
    umount2                166   39
    swapon                 167  224
    swapoff                168  225
    reboot                 169  142
    sethostname            170  161
    setdomainname          171  162
    init_module            175  105
    delete_module          176  106
    quotactl               179   60
    io_setup               206    0
    io_submit              209    2
    clock_settime          227  112
    mbind                  237  235
    set_mempolicy          238  237
    mq_open                240  180
    kexec_load             246  104
    add_key                248  217
    request_key            249  218
    keyctl                 250  219
    migrate_pages          256  238
    unshare                272   97
    vmsplice               278   75
    move_pages             279  239
    perf_event_open        298  241
    fanotify_init          300  262
    name_to_handle_at      303  264
    open_by_handle_at      304  265
    clock_adjtime          305  266
    setns                  308  268
    process_vm_readv       310  270
    process_vm_writev      311  271
    kcmp                   312  272
    finit_module           313  273
    kexec_file_load        320  294
    bpf                    321  280
    userfaultfd            323  282
    io_uring_setup         425  425
    io_uring_enter         426  426
    io_uring_register      427  427
    open_tree              428  428
    move_mount             429  429
    fsopen                 430  430
    fsconfig               431  431
    fsmount                432  432
    fspick                 433  433
    pidfd_getfd            438  438
    process_madvise        440  440
    mount_setattr          442  442
    quotactl_fd            443  443
    memfd_create           319  279
    memfd_secret           447  447
    shmget                  29  194
    msgget                  68  186
    clone                   56  220
    clone3                 435  435
    socket                  41  198
    ioctl                   16   29
"""
_LOOKED_INTO = ("clone", "clone3", "socket", "ioctl")


@dataclass(frozen=True)
class _Architecture:
    audit: int
    column: int


_ARCHITECTURES = {"x86_64": _Architecture(0xC000003E, 1), "aarch64": _Architecture(0xC00000B7, 2)}


def numbers_of(machine: str) -> dict[str, int]:
    """The numbers of the system calls that the filter knows, on processors of the kind `machine`.

    Raises:
        OSError: no filter is known for this kind of processor.
    """
    if machine not in _ARCHITECTURES:
        known = " and ".join(_ARCHITECTURES)
        raise OSError(f"the system call filter is written for {known}, not for {machine}")
    rows = [line.split() for line in _NUMBERS.strip().splitlines()[1:]]
    return {row[0]: int(row[_ARCHITECTURES[machine].column]) for row in rows}


def program(machine: str) -> bytes:
    """The filter for processors of the kind `machine`, in the operating system's own format.

    Raises:
        OSError: no filter is known for this kind of processor.
    """
    numbers = numbers_of(machine)
    refused = _FAIL | errno.EPERM
    unknown = _FAIL | errno.ENOSYS
    code = [
        _statement(_LOAD, _ARCHITECTURE),
        *_unless(_EQUAL, _ARCHITECTURES[machine].audit, _KILL),
        _statement(_LOAD, _NUMBER),
        *_when(_AT_LEAST, _NEWEST_KNOWN + 1, unknown),
        # Its flags lie in memory, where no filter can read them; the C library then uses clone.
        *_when(_EQUAL, numbers["clone3"], unknown),
    ]
    for name, number in numbers.items():
        if name not in _LOOKED_INTO:
            code += _when(_EQUAL, number, refused)
    code += _inside(
        numbers["clone"],
        [_statement(_LOAD, _ARGUMENT_0), *_when(_ANY_BIT, _NEW_NAMESPACES, refused)],
    )
    families = [_statement(_LOAD, _ARGUMENT_0)]
    for family in _FAMILIES:
        families += _when(_EQUAL, family, _ALLOW)
    families += _unless(_EQUAL, _NETLINK, refused)
    families += [_statement(_LOAD, _ARGUMENT_2), *_unless(_EQUAL, _NETLINK_ROUTE, refused)]
    code += _inside(numbers["socket"], families)
    requests = [_statement(_LOAD, _ARGUMENT_1)]
    for request in _TERMINAL_INJECTION:
        requests += _when(_EQUAL, request, refused)
    code += _inside(numbers["ioctl"], requests)
    return b"".join([*code, _statement(_RETURN, _ALLOW)])


def install() -> None:
    """Put this process and all it will start under the filter, for good.

    The process must have one thread, and "no new privileges" set.

    Raises:
        OSError: the operating system, or this kind of processor, has no such filter.
    """
    filter_bytes = program(os.uname().machine)
    statements = ctypes.create_string_buffer(filter_bytes, len(filter_bytes))
    header = struct.pack("HP", len(filter_bytes) // 8, ctypes.addressof(statements))
    set_seccomp, filter_mode = 22, 2
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(set_seccomp, filter_mode, ctypes.c_char_p(header), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the system call filter was not accepted")


def _statement(operation: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", operation, if_true, if_false, operand)


def _when(test: int, operand: int, result: int) -> list[bytes]:
    return [_statement(test, operand, 0, 1), _statement(_RETURN, result)]


def _unless(test: int, operand: int, result: int) -> list[bytes]:
    return [_statement(test, operand, 1, 0), _statement(_RETURN, result)]


def _inside(number: int, body: list[bytes]) -> list[bytes]:
    """`body`, for the call `number` alone, ending in permission; it may overwrite the number."""
    body = [*body, _statement(_RETURN, _ALLOW)]
    return [_statement(_EQUAL, number, 0, len(body)), *body]
