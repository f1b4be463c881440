"""Taking all there is: time, memory, processes, disk, output, and the kernel's own life."""

from __future__ import annotations

from tests.attacks.attack import (
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Outcome,
    Proof,
    beside,
    both,
    reference,
    says,
    within,
)

LAST = ALL - POINTS[CELL]


def last(name: str, tries: str, code: str, status: str = "", *, called: bool = False,
         proof: Proof | None = None) -> Attack:  # fmt: skip
    """Does it in the last exercise: when it is called, or beside the definition, which is right."""
    make = within if called else beside
    statuses = {CELL: (status if called else "correct")} if status else {}
    return Attack(name, tries, LAST if called else ALL, solved=True,
                  cells={CELL: make(CELL, code)}, statuses=statuses, proof=proof)  # fmt: skip


def second(name: str, tries: str, code: str, status: str) -> Attack:
    """Does it when the second exercise is called; the later ones still get theirs."""
    return Attack(name, tries, ALL - POINTS[BACK], solved=True, cells={BACK: within(BACK, code)},
                  statuses={BACK: status})  # fmt: skip


def free(name: str, tries: str, code: str, proof: Proof | None = None) -> Attack:
    """Costs nothing, and must bring nothing."""
    return Attack(name, tries, ALL, solved=True, cells={STEP: beside(STEP, code)}, proof=proof)


def no_long_output(outcome: Outcome) -> None:
    assert len(outcome.notebook) < 2_000_000


# Whichever limit it meets first on this machine: that of memory, or that of time.
EATS_MEMORY = "error or timeout"

FORK = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"

SPIN = """import os, time
for _ in range(150):
    if os.fork() == 0:
        os.setsid()
        end = time.time() + 20
        while time.time() < end:
            pass
        os._exit(0)
"""

STUBBORN = """import signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        time.sleep(0.01)
    except BaseException:
        pass
"""

DAEMON = """import os, subprocess
subprocess.Popen(["/bin/sh", "-c", "setsid sleep @SLEEP@ & nohup sleep @SLEEP@ & sleep @SLEEP@"],
                 start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "@SLEEP@"])
    os._exit(0)
"""

ATTACKS = (
    last("exit", "leaves by os._exit while it is called", "import os\nos._exit(0)", "error",
         called=True),
    last("exit-in-cell", "leaves by os._exit in its cell", "import os\nos._exit(0)", "error"),
    last("sys-exit", "leaves by sys.exit in its cell", "import sys\nsys.exit(0)", "error"),
    last("sys-exit-called", "leaves by sys.exit while it is called", "import sys\nsys.exit(0)",
         "error", called=True),
    last("shell-exit", "asks its kernel to shut down", "get_ipython().ask_exit()\nquit()\n"
         "import time\ntime.sleep(30)", "timeout"),
    last("segfault", "reads address zero", "import ctypes\nctypes.string_at(0)", "error"),
    last("abort", "aborts", "import os\nos.abort()", "error", called=True),
    last("c-stack", "overflows the stack of the interpreter",
         "import sys\nsys.setrecursionlimit(10**9)\n"
         "class Deep:\n    def __getattr__(self, name): return getattr(self, 'x')\n"
         "Deep().x", "error"),
    last("recursion", "recurses without an end while it is called",
         "def deep(): return deep()\ndeep()", "error", called=True),
    last("own-exceptions", "raises what is no Exception", "raise GeneratorExit('correct')", "error",
         called=True),
    second("second-dies", "kills its kernel in the second exercise", "import os\nos.kill(0, 9)",
           "error"),
    second("second-hangs", "hangs in the second exercise", "while True: pass", "timeout"),
    last("loop", "loops for ever in its cell", "while True: pass", "timeout"),
    last("stubborn-loop", "ignores every signal and swallows every exception", STUBBORN, "timeout"),
    last("stubborn-call", "does so while it is called", STUBBORN, "timeout", called=True),
    last("c-loop", "waits in C, where no exception arrives",
         "import ctypes\nctypes.CDLL(None).pause()", "timeout"),
    last("async-loop", "blocks the kernel's event loop",
         "import asyncio\nawait asyncio.sleep(10**6)", "timeout"),
    Attack("slow-repr", "hangs where its last value is shown", ALL, solved=True,
           cells={CELL: f"{reference()[CELL]}\n\nclass Slow:\n    def __repr__(self):\n"
                        "        while True: pass\n\nSlow()"}, statuses={CELL: "correct"}),
    free("spinning-threads", "leaves threads that spin",
         "import threading\n"
         "def spin():\n"
         "    end = __import__('time').time() + 60\n"
         "    while __import__('time').time() < end: pass\n"
         "threads = [threading.Thread(target=spin, daemon=True) for _ in range(3)]\n"
         "threads[0].start()"),
    last("hanging-exit", "hangs when the kernel is to end",
         "import atexit, time\natexit.register(lambda: time.sleep(10**6))\nraise SystemExit",
         "error"),
    last("fork-bomb", "forks without an end", FORK, "timeout"),
    last("spinning-forks", "has 150 processes spin, so that others miss their time limits",
         SPIN),
    free("daemons", "leaves processes that outlive it", DAEMON),
    last("malloc", "takes 100 GB by malloc", "kept = [bytearray(1 << 28) for _ in range(400)]",
         EATS_MEMORY),
    last("mmap", "maps and touches shared memory, which no rlimit counts",
         "import mmap\nkept = []\nfor _ in range(40):\n    m = mmap.mmap(-1, 1 << 28)\n"
         "    for at in range(0, 1 << 28, 4096): m[at] = 1\n    kept.append(m)", EATS_MEMORY),
    last("memfd", "keeps memory in files that are nowhere",
         "import os\nhandle = os.memfd_create('x')\nos.write(handle, bytes(1 << 28))", "error"),
    last("shm", "fills /dev/shm", "for at in range(9):\n"
         "    with open(f'/dev/shm/{at}', 'wb') as f: f.write(bytes(60 << 20))", "error"),
    last("full-disk", "fills its disk", "for at in range(99):\n"
         "    with open(f'/tmp/{at}', 'wb') as f: f.write(bytes(60 << 20))", "error"),
    last("big-file", "writes one file of 10 GB",
         "with open('/tmp/big', 'wb') as f:\n    for _ in range(10_000): f.write(bytes(1 << 20))",
         "error"),
    free("many-inodes", "makes files until none can be made",
         "import os\n"
         "try:\n"
         "    for at in range(3_000): open(f'/tmp/{at}', 'w').close()\n"
         "except OSError as error:\n"
         "    print(error)"),
    last("open-files", "opens files until none can be opened",
         "kept = [open('/dev/null') for _ in range(100_000)]", "error"),
    free("rlimits", "raises its own limits",
         "import resource\n"
         "for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):\n"
         "    try:\n"
         "        resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)\n"
         "        print('RAISED')\n"
         "    except (ValueError, OSError):\n"
         "        print('refused')", says("refused")),
    last("prints-300-mb", "prints 300 MB in lines", "while True: print('x' * 10_000)", proof=no_long_output),
    free("one-300-mb-message", "prints 300 MB at once, of which nothing is received",
         "print('x' * 300_000_000)", proof=no_long_output),
    last("tiny-messages", "displays without an end",
         "from IPython.display import display\n"
         "while True: display(1)", proof=no_long_output),
    last("flood-from-a-thread", "sends messages that belong to no request, from a thread",
         "import threading, time\n"
         "kernel = get_ipython().kernel\n"
         "def flood():\n"
         "    while True:\n"
         "        kernel.session.send(kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x'})\n"
         "threading.Thread(target=flood, daemon=True).start()\n"
         "time.sleep(30)", proof=no_long_output),
    free("prints-much", "prints a megabyte, which is too much to show and no crime",
         "for _ in range(1000): print('y' * 1000)",
         proof=both(no_long_output, says("The rest is not kept"))),
    Attack("slow-everywhere", "takes almost all the time that each exercise has", 0.0,
           cells={STEP: within(STEP, "import time\ntime.sleep(0.9)"),
                  FORWARD: "import time\ntime.sleep(60)"},
           statuses={STEP: "timeout", FORWARD: "timeout"}),
)  # fmt: skip
