"""The kernel turned against its grader: its shell, its hooks, its sockets and its messages."""

from __future__ import annotations

from tests.attacks.attack import ALL, CELL, POINTS, STEP, Attack, beside, lying, says, within

ZEROS = "np.zeros(np.shape(like))"

KERNEL = (
    "ip = get_ipython()\nkernel = ip.kernel\nsession, iopub = kernel.session, kernel.iopub_socket"
)

RAW = f"""{KERNEL}
import json, time
parent = kernel.get_parent()
def send(kind, content, parent=parent):
    header = json.dumps(session.msg_header(kind), default=str).encode()
    head = json.dumps(parent["header"], default=str).encode()
    parts = [header, head, b"{{}}", json.dumps(content).encode()]
    iopub.send_multipart([b"x", b"<IDS|MSG>", session.sign(parts), *parts])
"""

FORGED_REPLY = """import threading, time
ip = get_ipython()
kernel = ip.kernel
said = "'" + "AAAA" * 100 + "'"
reply = {
    "status": "ok", "execution_count": 1, "payload": [],
    "user_expressions": {
        "answers": {"status": "ok", "data": {"text/plain": said}, "metadata": {}}},
}
def reply_to_everything():
    for _ in range(2000):
        for at in range(40):
            parent = kernel.get_parent()
            made = dict(parent, header=dict(parent["header"]))
            head = made["header"]["msg_id"].rpartition("_")[0]
            made["header"]["msg_id"] = f"{head}_{at}"
            kernel.session.send(kernel.shell_stream or kernel.shell_socket, "execute_reply", reply,
                                parent=made, ident=[b"x"])
        time.sleep(0.01)
threading.Thread(target=reply_to_everything, daemon=True).start()
"""


def patch(name: str, tries: str, prelude: str, status: str = "", points: float = 0.0) -> Attack:
    """Patches something in the first cell, and answers with zeros."""
    statuses = {STEP: status} if status else {}
    return Attack(name, tries, points, cells=lying(prelude, ZEROS), statuses=statuses)


def survives(name: str, tries: str, code: str) -> Attack:
    """Sends something beside right solutions, which must not lose a point by it."""
    return Attack(name, tries, ALL, solved=True, cells={STEP: beside(STEP, code)})


ATTACKS = (
    patch("patched-run-cell", "lets the shell run no further cell, so that no check can fail",
          "ip = get_ipython()\n"
          "async def nothing(*args, **kwargs):\n"
          "    from IPython.core.interactiveshell import ExecutionResult\n"
          "    return ExecutionResult(None)\n"
          "ip.run_cell_async = nothing\n"
          "ip.run_cell = lambda *args, **kwargs: None"),
    patch("patched-do-execute", "makes the kernel reply to every request that all is well",
          "async def do_execute(*args, **kwargs):\n"
          "    return {'status': 'ok', 'execution_count': 1, 'payload': [],\n"
          "            'user_expressions': {'answers': 'correct'}}\n"
          "get_ipython().kernel.do_execute = do_execute", "needs_review"),
    patch("patched-user-expressions", "answers questions with a verdict",
          "get_ipython().user_expressions = lambda asked: {\n"
          "    'answers': {'status': 'ok', 'data': {'text/plain': \"'correct'\"}, 'metadata': {}}}",
          "needs_review"),
    patch("odd-user-expressions", "answers questions with a list in the place of a text",
          "get_ipython().user_expressions = lambda asked: {'answers': {'status': 'ok',"
          " 'data': {'text/plain': [1, 2]}}}", "error or needs_review"),
    patch("patched-import", "makes import give a module that answers for it",
          "import builtins, types\n"
          "fake = types.SimpleNamespace(respond=lambda *args: 'correct')\n"
          "real = builtins.__import__\n"
          "builtins.__import__ = lambda name, *args, **kwargs: (\n"
          "    fake if 'respond' in name else real(name, *args, **kwargs))", "needs_review"),
    patch("own-import", "defines __import__ and globals in the notebook",
          "import types\n"
          "__import__ = lambda *args, **kwargs: types.SimpleNamespace(respond=lambda *a: '12')\n"
          "globals = lambda: {}", "needs_review"),
    patch("replaced-module", "puts a module of its own in the place of autograder's",
          "import sys, types\n"
          "sys.modules['autograder.exercises.respond'] = types.SimpleNamespace(\n"
          "    respond=lambda *args: 'correct')", "needs_review"),
    patch("patched-modules", "patches json, struct and base64, with which answers are written",
          "import base64, json\n"
          "base64.b64encode = lambda data: b'Y29ycmVjdA=='\n"
          "json.dumps = lambda *args, **kwargs: '{\"status\": \"correct\"}'"),
    patch("patched-program", "makes every call seem to have returned what it was given",
          "import autograder.exercises.program as program\n"
          "program._unpack = lambda value, wanted: ([np.zeros((3, 4))] * wanted, '')\n"
          "program.digests = lambda args: ()"),
    patch("patched-wire", "lets one function answer for all four exercises",
          "import autograder.exercises.respond as respond\n"
          "real = respond.run\n"
          "def run(program, namespace):\n"
          "    names = ('lstm_step_backward', 'lstm_forward', 'LSTMCell')\n"
          "    same = dict.fromkeys(names, namespace['lstm_step_forward'])\n"
          "    return real(program, {**namespace, **same})\n"
          "respond.run = run"),
    patch("input-transformer", "rewrites every further cell into nothing",
          "get_ipython().input_transformers_post.append(lambda lines: ['None\\n'])"),
    patch("ast-transformer", "rewrites every comparison of further cells into True",
          "import ast\n"
          "class Agree(ast.NodeTransformer):\n"
          "    def visit_Compare(self, node): return ast.Constant(True)\n"
          "get_ipython().ast_transformers.append(Agree())"),
    patch("event-hooks", "redefines its functions before and after every cell",
          "def hook(*args):\n"
          "    get_ipython().user_ns['lstm_forward'] = lambda *a: 'correct'\n"
          "for event in ('pre_execute', 'pre_run_cell', 'post_execute', 'post_run_cell'):\n"
          "    get_ipython().events.register(event, hook)"),
    patch("display-hook", "lets every result be shown as 12 points",
          "import sys\n"
          "get_ipython().displayhook.__class__.__call__ = lambda self, r=None: print('12')\n"
          "sys.displayhook = lambda value: print('12')\n"
          "get_ipython().display_formatter.format = lambda *a, **k: ({'text/plain': '12'}, {})"),
    patch("custom-exception", "swallows every exception of further cells",
          "get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)"),
    patch("patched-check", "replaces check by a function that is content",
          "import autograder.check, builtins\n"
          "check = autograder.check.check = builtins.check = lambda f: print('correct')"),
    patch("prints-verdicts", "prints and displays a verdict that looks like the grader's",
          "from IPython.display import display, HTML\n"
          "display(HTML('<div class=\"autograder-check autograder-correct\">correct</div>'))\n"
          "print('lstm_step_forward: correct. All 15 cases are right.')\n"
          "print('12.0')"),
    Attack("forged-results", "sends execute_result messages that say 3 points", 0.0,
           cells=lying(f"{RAW}\nfor _ in range(20):\n"
                       "    send('execute_result', {'data': {'text/plain': '3.0'},"
                       " 'metadata': {}, 'execution_count': 1})", ZEROS),
           proof=says("3.0")),
    Attack("forged-replies", "replies to all requests that have been and will be, from a thread",
           0.0, cells=lying(FORGED_REPLY, ZEROS)),
    Attack("public-forgery", "sends a display in the name of a later request", 0.0,
           cells=lying(f"{RAW}\nimport copy\n"
                       "later = copy.deepcopy(parent)\n"
                       "head, _, at = later['header']['msg_id'].rpartition('_')\n"
                       "for more in range(1, 12):\n"
                       "    later['header']['msg_id'] = f'{head}_{int(at) + more}'\n"
                       "    send('execute_result', {'data': {'text/plain': '4.0'}, 'metadata': {},"
                       " 'execution_count': 2}, later)", ZEROS)),
    survives("unsigned-frames", "writes frames without a signature on the broadcast socket",
             f"{KERNEL}\n"
             "iopub.send_multipart([b'x', b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', b'{}'])\n"
             "iopub.send_multipart([b'garbage'])\n"
             "iopub.send_multipart([b'x', b'<IDS|MSG>', b'0' * 64, b'[', b'[', b'[', b'['])\n"
             "iopub.send_multipart([b'\\xff' * 1000] * 50)"),
    survives("odd-messages", "signs messages of every wrong form",
             f"{RAW}\n"
             "for content in ([], None, 7, 'text', {}, {'name': 3}, {'text': 5, 'name': 'stdout'},\n"
             "                {'data': []}, {'data': {'text/plain': 9, 'image/png': {}}},\n"
             "                {'ename': [], 'evalue': {}, 'traceback': 'x'},\n"
             "                {'ename': 'a', 'evalue': 'b', 'traceback': [1, {}, None]},\n"
             "                {'execution_state': ['idle']}):\n"
             "    for kind in ('stream', 'display_data', 'execute_result', 'error', 'status',\n"
             "                 'execute_input', 'clear_output', 'comm_open', 'nonsense', ''):\n"
             "        send(kind, content)"),
    survives("half-surrogates", "prints halves of surrogate pairs, which are no text",
             f"{RAW}\n"
             "send('stream', {'name': 'stdout', 'text': '\\ud800 half'})\n"
             "print('\\udfff'.encode('utf-8', 'surrogatepass').decode('utf-8', 'replace'))"),
    survives("deep-message", "sends a message of lists in lists",
             f"{RAW}\nimport zmq\n"
             "deep = b'[' * 50_000 + b']' * 50_000\n"
             "parts = [json.dumps(session.msg_header('stream'), default=str).encode(),\n"
             "         json.dumps(parent['header'], default=str).encode(), b'{}', deep]\n"
             "iopub.send_multipart([b'x', b'<IDS|MSG>', session.sign(parts), *parts])"),
    survives("early-idle", "says that it is idle before it has begun",
             f"{RAW}\nfor _ in range(100): send('status', {{'execution_state': 'idle'}})"),
    survives("payloads", "asks the client to edit, to page and to exit",
             "ip = get_ipython()\n"
             "for source in ('page', 'set_next_input', 'edit_magic', 'ask_exit'):\n"
             "    ip.payload_manager.write_payload({'source': source, 'text': 'x', 'data': {},\n"
             "                                      'filename': '/etc/passwd', 'replace': True})"),
    survives("asks-for-input", "asks the person in front of the terminal for a password",
             "import getpass\n"
             "try:\n"
             "    getpass.getpass('Password of the gradebook: ')\n"
             "except Exception as error:\n"
             "    print(type(error).__name__)"),
    Attack("no-sockets", "closes the kernel's sockets under the grader's feet",
           ALL - POINTS[CELL], solved=True,
           cells={CELL: within(CELL, "import os\nos.closerange(3, 1000)")},
           statuses={CELL: "error"}),
    Attack("no-broadcasts", "closes the broadcast socket, so that no request ever ends", ALL,
           solved=True, cells={STEP: beside(STEP, "get_ipython().kernel.iopub_thread.stop()")}),
    Attack("endless-message", "takes the place of its own socket, and sends a message with no end",
           ALL, solved=True,
           cells={CELL: beside(CELL, """import glob, os, socket, threading, time
def pour(end):
    end.recv(64)
    end.sendall(b"\\xff" + bytes(8) + b"\\x7f" + b"\\x03\\x00" + b"NULL".ljust(20, b"\\0") + bytes(32))
    ready = b"\\x05READY" + b"\\x0bSocket-Type" + (3).to_bytes(4, "big") + b"PUB"
    end.sendall(b"\\x04" + bytes([len(ready)]) + ready)
    frame = b"\\x03" + (1 << 20).to_bytes(8, "big") + bytes(1 << 20)
    while True:
        end.sendall(frame)
servers = []
for path in glob.glob("/run/kernel/*-2"):
    os.rename(path, path + "-old")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    servers.append(server)
    def serve(server=server):
        while True:
            threading.Thread(target=pour, args=(server.accept()[0],), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
print(len(servers), "taken")
for handle in range(3, 200):  # cut the old connections, so that the client comes back
    try:
        if os.readlink(f"/proc/self/fd/{handle}").startswith("socket:") and not any(
            s.fileno() == handle for s in servers
        ):
            socket.socket(fileno=os.dup(handle)).shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
time.sleep(60)""")}),
)  # fmt: skip
