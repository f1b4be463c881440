"""What a kernel may do to itself, to its sockets and to whoever waits for it."""

from __future__ import annotations

from tests.attacks.attack import (  # fmt: skip
    ALL,
    CELL,
    POINTS,
    STEP,
    Attack,
    Proof,
    beside,
    shows_nothing,
    within,
)


def free(name: str, tries: str, code: str, proof: Proof | None = None) -> Attack:
    """Beside the first exercise: it costs nothing, and brings nothing."""
    return Attack(name, tries, ALL, solved=True, cells={STEP: beside(STEP, code)},
                  proof=proof or shows_nothing())  # fmt: skip


def last(name: str, tries: str, code: str) -> Attack:
    """Beside the last exercise: what ends the kernel there costs nothing."""
    return Attack(name, tries, ALL, solved=True, cells={CELL: beside(CELL, code)},
                  statuses={CELL: "correct"})  # fmt: skip


def called(name: str, tries: str, code: str, status: str) -> Attack:
    """When the last exercise is called: it has no answer, and the others keep theirs."""
    return Attack(name, tries, ALL - POINTS[CELL], solved=True, cells={CELL: within(CELL, code)},
                  statuses={CELL: status})  # fmt: skip


PRCTL = "import ctypes, os, time\nprctl = ctypes.CDLL(None).prctl\n"


def each(*expressions: str) -> str:
    """Evaluates them all, whatever they raise."""
    tried = ", ".join(f"lambda: {one}" for one in expressions)
    return f"for f in ({tried},):\n    try:\n        f()\n    except BaseException:\n        pass"


ATTACKS = (
    last("fork-goes-on", "forks, ends, and has its child go on as the kernel",
         "import os\nif os.fork():\n    os._exit(0)"),
    last("replaced-program", "replaces the kernel's program by another that waits",
         "import os\nos.execv('/bin/sleep', ['sleep', '@SLEEP@'])"),
    last("replaced-by-nothing", "replaces the kernel's program by one that ends well",
         "import os\nos.execv('/bin/true', ['true'])"),
    last("closes-all", "closes all open files of the kernel", "import os\nos.closerange(3, 4096)"),
    last("swaps-sockets", "puts the null device in the place of every socket",
         "import os\nnull = os.open('/dev/null', os.O_RDWR)\nfor k in range(3, 200):\n"
         "    try:\n        os.dup2(null, k)\n    except OSError:\n        pass"),
    last("crossed-sockets", "exchanges its sockets for one another",
         "import os, stat\nopen_ = [int(k) for k in os.listdir('/proc/self/fd')]\n"
         "ours = []\nfor k in open_:\n    try:\n"
         "        ours += [k] if stat.S_ISSOCK(os.fstat(k).st_mode) else []\n"
         "    except OSError:\n        pass\n"
         "for a, b in zip(ours, ours[1:]):\n    os.dup2(a, b)"),
    last("no-context", "destroys the context of all sockets",
         "import zmq\nget_ipython().kernel.shell_stream.socket.context.destroy(0)"),
    last("restarts", "has its kernel shut down as for a restart",
         "get_ipython().kernel.do_shutdown(True)\nimport time\ntime.sleep(60)"),
    last("interrupts-itself", "interrupts itself from a thread, three times",
         "import _thread, threading, time\ndef again():\n    for _ in range(3):\n"
         "        time.sleep(0.1)\n        _thread.interrupt_main()\n"
         "threading.Thread(target=again).start()\ntime.sleep(1)"),
    last("real-time-signal", "ends itself by a signal of which nobody thinks",
         "import os, signal\nos.kill(os.getpid(), signal.SIGRTMIN + 3)"),
    last("cpu-limit", "lowers its limit of processor time until the system ends it",
         "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (0, 0))\nwhile True: pass"),
    called("stopped", "stops itself by a signal, and neither computes nor sleeps",
           "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "timeout"),
    called("parent-of-stopped", "waits for a child that is stopped",
           "import os, signal\nif (child := os.fork()) == 0:\n"
           "    os.kill(os.getpid(), signal.SIGSTOP)\nos.waitpid(child, 0)", "timeout"),
    called("called-names", "calls its threads like the end of a line of /proc, and sleeps",
           f"{PRCTL}prctl(15, b') R 1 1 1 1 (', 0, 0, 0)\ntime.sleep(9999)", "timeout"),
    called("idle-class", "spins in the class of processes that run where nothing else does",
           "import os\n" + each("os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))",
                                  "os.nice(19)") + "\nwhile True: pass", "timeout"),
    called("many-sleepers", "has 20 threads sleep, so that no processor time is used",
           "import threading, time\nfor _ in range(20):\n"
           "    threading.Thread(target=time.sleep, args=(9999,)).start()\n"
           "time.sleep(9999)", "timeout"),
    called("deaf-exit", "ends by a signal that leaves a core",
           "import os, signal\nsignal.signal(signal.SIGQUIT, signal.SIG_DFL)\n"
           "os.kill(os.getpid(), signal.SIGQUIT)", "error"),
    called("low-recursion", "allows so few calls that no answer can be written",
           "import sys\nsys.setrecursionlimit(len(__import__('inspect').stack()) + 12)\n"
           "(lambda f: f(f))(lambda f: f(f))", "error or needs_review or timeout"),
    free("alarms", "has itself interrupted by a clock, a hundred times a second",
         "import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\n"
         "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)"),
    free("profiled", "has every call told to a function of its own",
         "import sys, threading\nsys.setprofile(lambda *_: None)\n"
         "threading.setprofile(lambda *_: None)"),
    free("collector", "has the collector of garbage call it, and raises there",
         "import gc\n\n\ndef told(phase, info):\n    raise SystemExit(12)\n\n\n"
         "gc.callbacks.append(told)\ngc.collect()"),
    free("audits", "adds a hook that hears of everything that Python does",
         "import sys\nHEARD = []\nsys.addaudithook(lambda name, args: HEARD.append(name))"),
    free("comms", "opens channels to widgets in a browser, and sends scripts over them",
         "from comm import create_comm\nfor _ in range(50):\n"
         "    create_comm(target_name='jupyter.widget', data={'x': '<script>COMM</script>'})",
         shows_nothing("COMM")),
    free("updates", "shows, shows anew and clears what it has shown",
         "from IPython.display import clear_output, display, update_display\n"
         "display('12.0', display_id='check-lstm_step_forward')\n"
         "update_display('3.0', display_id='check-lstm_step_forward')\nclear_output(wait=True)"),
    free("unlinked-sockets", "removes its sockets, and puts folders in their places",
         "import os\nfor name in os.listdir('/run/kernel'):\n"
         "    os.unlink(f'/run/kernel/{name}')\n    os.mkdir(f'/run/kernel/{name}')"),
    free("no-home", "moves into a folder and removes it below itself",
         "import os\nos.mkdir('/tmp/gone')\nos.chdir('/tmp/gone')\nos.rmdir('/tmp/gone')\n"
         "os.environ.clear()\nos.umask(0o777)"),
    free("hidden-process", "hides its own process from whoever looks, and asks for its children",
         f"{PRCTL}" + each("prctl(4, 0, 0, 0, 0)", "prctl(36, 1, 0, 0, 0)", "prctl(1, 9, 0, 0, 0)",
                           "prctl(15, b')) R\\n', 0, 0, 0)")),
    free("evil-names", "gives the names of IPython and of the grader to evil objects",
         "class Evil:\n    __eq__ = __bool__ = __len__ = __repr__ = __str__ = "
         "lambda *_: 1 / 0\n    __hash__ = object.__hash__\n\n\n"
         "_ = __ = ___ = In = Out = exit = check = respond = answers = program = Evil()\n"
         "__name__ = 'torch.nn.modules.rnn'\n__file__ = '/etc/passwd'"),
    free("slow-switch", "never lets another thread have its turn",
         "import sys\nsys.setswitchinterval(1e6)\nsys.setrecursionlimit(2**31 - 1)"),
    free("frozen-time", "sets the clocks that Python reads back and forth",
         "import time\ntime.time = lambda: -1e300\ntime.sleep = lambda s: None\ntime.perf_counter = lambda: 0"),
    free("own-exception-hook", "has IPython tell of no error, and of every warning as an error",
         "import warnings, sys\nget_ipython().showtraceback = lambda *a, **k: None\n"
         "sys.excepthook = lambda *a: print('12.0')\nwarnings.showwarning = lambda *a: 1 / 0"),
    free("config", "changes the settings of its shell and kernel while it runs",
         "shell = get_ipython()\nshell.ast_node_interactivity = 'all'\n"
         "shell.kernel.config.IPKernelApp.exec_lines = ['print(12.0)']\n"
         "shell.cache_size = 0\nshell.display_page = True\nshell.autocall = 2"),
)  # fmt: skip
