"""Answers from elsewhere: public expected values, patched answering, and malformed bytes."""

from __future__ import annotations

from tests.attacks.attack import STEP, Attack, Proof, lying, says, shows_nothing

PUBLIC = """import hashlib
from importlib.resources import files

from autograder.checking import public
from autograder.exercises import find
from autograder.checking.compare import judged

table = {}
for name in ("lstm_step_forward", "lstm_step_backward", "lstm_forward", "LSTMCell"):
    exercise = find(name)
    right = public.Public(exercise).expected
    for call in judged(exercise, exercise.draw(public.SEED)):
        table[name, call.name] = list(right[call.name].values())
print(len(table), "answers")
"""

REPLAY_BY_CALL = (
    PUBLIC
    + """
import autograder.exercises.respond as respond
from autograder.exercises import Answer, Result
from autograder.exercises.program import digests

def run(program, namespace):
    return [
        Answer(call.name, tuple(Result("ndarray", a) for a in table.get((call.function, call.name), ())),
               after=digests(call.args))
        for call in program.calls
    ]

respond.run = run
"""
)

REPLAY_BY_SHAPE = (
    PUBLIC
    + """
def like(*shapes):
    for values in table.values():
        if [v.shape for v in values] == list(shapes):
            return values
    return [np.zeros(s) for s in shapes]
"""
)

BYTES = """import base64, json, struct, zlib
import autograder.exercises.respond as respond

def answer(head, tail=b""):
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return base64.b64encode(struct.pack("<4sI", b"ctc1", len(text)) + text + tail).decode()

def entry(call, results, **more):
    texts = [""] * 5
    return {"call": call.name, "results": results, "texts": texts, "line": 0, "after": [],
            "overwritten": [], "spoiled": [], **more}

def calls(request):
    from autograder.exercises.wire import decode_program
    return decode_program(base64.b64decode(request)).calls
"""


def malformed(name: str, tries: str, body: str, status: str = "needs_review",
              proof: Proof | None = None) -> Attack:  # fmt: skip
    """Answers with the bytes that the function body `body` makes out of `request`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    prelude = f"{BYTES}\n\ndef forged(request, namespace):\n{lines}\n\nrespond.respond = forged"
    cells = lying(prelude, "np.zeros(np.shape(like))")
    return Attack(name, tries, 0.0, cells=cells, statuses={STEP: status}, proof=proof)


ATTACKS = (
    Attack("replay-by-call", "answers each call by the public expected values of the same call",
           0.0, cells=lying(REPLAY_BY_CALL, "like"), statuses={STEP: "wrong"}),
    Attack("replay-by-shape", "returns the public expected values of the right shape", 0.0,
           cells={STEP: f"{REPLAY_BY_SHAPE}\n\n"
                        "def lstm_step_forward(x, h, c, Wx, Wh, b):\n"
                        "    return (*like(h.shape, c.shape), None)"},
           statuses={STEP: "wrong"}),
    malformed("no-answer", "answers with nothing", "return ''"),
    malformed("not-base64", "answers with what is no base64", "return '!' * 1000"),
    malformed("not-text", "answers with a number", "return 12"),
    malformed("a-pickle", "answers with a pickle that runs a command where it is read",
              "import pickle\n"
              "class Bomb:\n"
              "    def __reduce__(self):\n"
              "        import os\n"
              "        return os.system, ('touch @CANARY@/pickled',)\n"
              "return base64.b64encode(pickle.dumps(Bomb())).decode()"),
    malformed("npz-bomb", "answers with a compressed archive that explodes",
              "return base64.b64encode(zlib.compress(bytes(1 << 26))).decode()"),
    malformed("cut-off", "answers with half of an array",
              "entries = [entry(c, [['ndarray', {'array': 0}]] * len(c.returns))"
              " for c in calls(request)]\n"
              "return answer({'arrays': [['<f8', [9], 'C']], 'body': entries}, bytes(8))"),
    malformed("negative-shape", "answers with a shape of two negative sides",
              "return answer({'arrays': [['<f8', [-1, -1], 'C']], 'body': []}, bytes(8))"),
    malformed("shape-overflow", "answers with a shape whose product overflows 64 bits",
              "return answer({'arrays': [['<f8', [2**32, 2**32], 'C']], 'body': []})"),
    malformed("object-dtype", "answers with an array of pointers",
              "return answer({'arrays': [['|O', [1], 'C']], 'body': []}, bytes(8))"),
    malformed("void-dtype", "answers with a dtype that is parsed as fields",
              "return answer({'arrays': [['f8,O', [1], 'C']], 'body': []}, bytes(16))"),
    malformed("wrong-call", "answers other calls than those that were made",
              "class Other: name, returns = 'other', ()\n"
              "return answer({'arrays': [], 'body': [entry(Other, [])] * len(calls(request))})"),
    malformed("no-calls", "says that no call was made",
              "return answer({'arrays': [], 'body': []})"),
    malformed("no-results", "says that each call gave no results and did not fail",
              "return answer({'arrays': [], 'body': [entry(c, []) for c in calls(request)]})"),
    malformed("deep-json", "answers with lists in lists, 100 000 deep",
              "return answer(b'[' * 100_000)"),
    malformed("huge-number", "answers with a number of a million digits",
              "return answer(b'{\"arrays\": [], \"body\": ' + b'9' * 1_000_000 + b'}')"),
    malformed("json-of-lists", "answers with 15 MB of empty lists, which take 300 MB when read",
              "return answer(b'{\"arrays\": [], \"body\": [' + b'[],' * 5_000_000 + b'[]]}')"),
    malformed("thirty-megabytes", "answers with more than is read",
              "return 'A' * 30_000_000", status="timeout"),
    malformed("300-megabytes", "answers with 300 MB", "return 'A' * 300_000_000", status="timeout"),
    malformed("one-big-array", "answers everything with one array of 12 MB, looked at many times",
              "made = calls(request)\n"
              "from autograder.exercises.program import arrays_in\n"
        "entries = [entry(c, [['ndarray', {'array': 0}]] * len(c.returns),\n"
        "                 after=[''] * len(arrays_in(c.args))) for c in made]\n"
              "kind = ['|u1', [12_000_000], 'C']\n"
              "return answer({'arrays': [kind], 'body': entries}, bytes(12_000_000))", "wrong"),
    malformed("texts-of-html", "puts HTML and commands for a terminal into every text of an answer",
              "evil = '<script>alert(1)</script>\\x1b[2J\\x1b]0;owned\\x07[red]x[/red][/]'\n"
              "entries = [entry(c, [], texts=[evil] * 5) for c in calls(request)]\n"
              "return answer({'arrays': [], 'body': entries})", "wrong",
              shows_nothing("\x1b", "\x07")),
    malformed("line-of-minus-one", "says that the exception was raised in line -1",
              "entries = [entry(c, [], line=-1) for c in calls(request)]\n"
              "return answer({'arrays': [], 'body': entries})"),
    malformed("claims-reference", "imports the references and the judge in order to answer",
              "found = []\n"
              "for name in ('solutions', 'solutions.lstm.reference', 'autograder.grader.judge.expected'):\n"
              "    try:\n"
              "        __import__(name)\n"
              "        found.append(name)\n"
              "    except ImportError as error:\n"
              "        pass\n"
              "from autograder import references\n"
              "try:\n"
              "    found.append(references.text('lstm'))\n"
              "except Exception as error:\n"
              "    pass\n"
              "raise RuntimeError(f'reached {len(found)}: {found}')", proof=says("no answer")),
)  # fmt: skip
