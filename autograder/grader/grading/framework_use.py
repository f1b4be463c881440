"""Did the student write it? What the text of a submission says about it, by its syntax trees.

An exercise asks for something to be written from scratch that a framework has ready-made. Values
cannot tell the two apart, so the text is read, and this decides:

- The definition that is asked for, or a helper that it uses, plainly calls the framework's own,
  by whatever name: a right answer is `needs_review`: it waits for a person, and the student is
  told in a sentence. A mention in a comment, a string or a docstring is no call, nor is a
  comparison of one's own result with the framework's in a function that the answer does not use.
  A module that was handed in beside the notebook is read as the cells are.
  What another exercise does, on which this one is built, is counted there and not again.
- Something unusual stands in the cell, such as `eval`, an import that no exercise needs, or text
  that is no Python, by which a call could be hidden: a suspicion for the staff, which takes no
  point and of which the student is not told, because most such cells are innocent.

Who hides the call well enough is not found. Reading the text is fair to those who do not hide,
and no process that runs a student's code could be asked for the truth.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from autograder.grader.grading.magics import plain
from autograder.grader.grading.value_flow import PUTS, Flow, Value, bound_within
from autograder.grader.syntax import parse

FRAMEWORKS = frozenset({"torch", "keras", "tensorflow", "jax", "flax"})
LIBRARIES = FRAMEWORKS | {"scipy", "sklearn"}
"""Where what is asked is had ready-made."""

GIVEN = "autograder.given."
"""Where a later assignment has the functions of an earlier one from, as a stand-in."""

TRACKED = frozenset({"requires_grad", "requires_grad_"})
"""How torch is asked for gradients, on a tensor rather than on a module."""

TRACKING = frozenset({"Parameter", "Variable", *TRACKED})
"""What has gradients kept, so that `.backward()` finds them."""

USUAL = FRAMEWORKS | {
    "__future__", "abc", "collections", "copy", "dataclasses", "enum", "functools", "itertools",
    "math", "matplotlib", "numpy", "operator", "random", "time", "typing", "warnings",
}  # fmt: skip
"""What the cells of a course import, as a rule."""

UNUSUAL = frozenset(
    {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "get_ipython",
     "_getframe", "f_back", "f_globals", "f_locals", "__globals__", "__subclasses__", "__code__",
     "__class__", "__array__", "__getattribute__", "import_module", "attrgetter",
     "methodcaller", "get_type_hints", "get_annotations", "__annotations__", "ForwardRef",
     "allow_pickle", "weights_only"}
)  # fmt: skip
"""Names by which code finds or makes what does not stand there."""

BRINGS = frozenset(
    {"hub", "package", "load", "load_library", "CompilationUnit", "cpp_extension", "saved_model",
     "load_model", "model_from_json", "deserialize", "get_custom_objects"}
)  # fmt: skip
"""What a framework has to run code that stands elsewhere: in a file, or in a text."""

LONGEST = 100_000
MOST_NODES = 50_000
"""Characters and nodes of a cell that are read; the longest that was seen has a tenth of them."""

UNREAD = "cannot be read as Python"
TOO_LONG = "is too long to be read"
OTHERWISE = "is another text to IPython than it is to Python"

_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)|In \[\d+\]:|\s*\.{3,}:")
"""What IPython takes off the lines of a cell, where the first or second begins with it."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAMES = (ast.Name, ast.Attribute, ast.keyword, ast.Call, ast.Subscript)


@dataclass(frozen=True)
class Use:
    """A call of the framework's own.

    Attributes:
        name: what was used, as in "torch.nn.LSTMCell".
        line: its line in its cell, counted from 1.
        where: where the line stands: "cell", or "module" for one beside the notebook.
    """

    name: str
    line: int
    where: str = "cell"


@dataclass(frozen=True)
class Look:
    """What the text says of one exercise.

    Attributes:
        use: the proof that the framework's own is called, if there is one.
        suspicion: what is unusual, in words for the staff, or "".
    """

    use: Use | None = None
    suspicion: str = ""


@dataclass(frozen=True, eq=False)
class _Statement:
    """A statement at the level of the module.

    Attributes:
        tree: the statement.
        binds: the names of the module that it binds.
        changes: those into which it puts something, or that it binds within a function.
        uses: the names of the module that stand in it.
        words: all names, attributes, keywords and short texts in it.
    """

    tree: ast.stmt
    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class _Cell:
    """What is looked at in a cell.

    Attributes:
        statements: those at the level of the module.
        imports: the names that imports anywhere in it bind, and what they stand for.
        words: all names, attributes and keywords, and what is imported.
        texts: all strings.
        unread: why it could not be read, or "".
        magics: IPython's own words in it that may bring code.
    """

    statements: tuple[_Statement, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    words: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    unread: str = ""
    magics: tuple[str, ...] = ()


@dataclass
class Text:
    """The cells of a submission up to the one that is looked at, as syntax trees.

    Attributes:
        modules: the text of the modules beside the notebook, by name.
        unread: why a cell could not be read, of the last of those that could not.
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""
    _statements: list[_Statement] = field(default_factory=list)
    _bound: dict[str, list[_Statement]] = field(default_factory=dict)
    _changing: dict[str, list[_Statement]] = field(default_factory=dict)
    _only_using: dict[str, list[_Statement]] = field(default_factory=dict)

    def add(self, source: str) -> None:
        """Read a further setup cell or solution cell."""
        cell = _read(source)
        self.unread = cell.unread or self.unread
        for statement in cell.statements:
            self._statements.append(statement)
            for name in statement.binds:
                self._bound.setdefault(name, []).append(statement)
            for name in statement.changes:
                self._changing.setdefault(name, []).append(statement)
            for name in () if statement.binds else statement.uses:
                self._only_using.setdefault(name, []).append(statement)

    def look(
        self,
        name: str,
        asked: Sequence[str],
        own: str,
        others: Iterable[str] = (),
        built_on: Mapping[str, Sequence[str]] | None = None,
    ) -> Look:
        """What the definition of `name`, with all that it uses, says.

        Args:
            name: the function or class that the exercise asks for.
            asked: what the frameworks call the very thing that is asked.
            own: the text of its cell.
            others: the exercises of the assignment, whose stand-ins are ready-made here.
            built_on: of the exercises that it is built on and that are looked at for themselves,
                what the frameworks call them.
        """
        wanted, unread = frozenset(asked), _read(own).unread
        unusual = ", ".join(filter(None, (unread, suspicion(own, asked))))
        counted = {key: frozenset(its) for key, its in (built_on or {}).items()}
        if self.unread and self.unread not in unusual:
            unusual = ", ".join(filter(None, (unusual, f"another cell {self.unread}")))
        imported: list[str] = []
        try:
            use, doubt = self._used(name, wanted, {*others, name}, counted)
            if use is None and self.modules:
                use, imported = self._beside(name, asked, others, built_on or {})
        except RecursionError:
            use, doubt = None, "is nested too deeply to be read"
        if use is not None:
            return Look(use, f"calls {use.name} in line {use.line} of its {use.where}")
        told = [words for words in (doubt, *imported) if words not in unusual]
        return Look(None, ", ".join(filter(None, (unusual, *told))))

    def _beside(
        self,
        name: str,
        asked: Sequence[str],
        others: Iterable[str],
        built_on: Mapping[str, Sequence[str]],
    ) -> tuple[Use | None, list[str]]:
        """What the modules beside the notebook say, of what the definition of `name` takes there.

        They are read as one text, in which `name` uses all that the cells name.
        """
        reached = self._reached(name, {key: frozenset(its) for key, its in built_on.items()})
        own = [one for one, elsewhere in reached.items() if elsewhere is None]
        beside, seen, waiting, length = Text(), set[str](), [_imported(own)], 0
        while waiting:
            for module in sorted((waiting.pop() & self.modules.keys()) - seen):
                seen.add(module)
                length += len(self.modules[module])
                if length > LONGEST:
                    return None, [f"imports {module}, which {TOO_LONG}"]
                beside.add(self.modules[module])
                waiting.append(_imported(_read(self.modules[module]).statements))
        if not seen:
            return None, []
        words = frozenset().union(*(one.words for one in own)) - {"*"}
        taken = "".join(f"{one}, " for one in sorted(words & beside._bound.keys()))
        beside.add(f"def {name}():\n    return ({taken})")
        found = beside.look(name, asked, "", others, built_on)
        if found.use is not None:
            return replace(found.use, where="module"), []
        return None, [*(f"imports {module}" for module in sorted(seen)), found.suspicion]

    def _used(
        self,
        name: str,
        wanted: frozenset[str],
        stand_ins: set[str],
        counted: Mapping[str, frozenset[str]],
    ) -> tuple[Use | None, str]:
        """The framework's own that is used, and what is doubtful."""
        reached = self._reached(name, counted)
        relevant = self._relevant(reached)
        hints = {"given"}
        if wanted:
            hints |= wanted | UNUSUAL | LIBRARIES | {"getattr", "__dict__", "*"}
        if all(hints.isdisjoint(statement.words) for statement in relevant):
            return None, ""
        flow = Flow([statement.tree for statement in relevant], frozenset(counted))
        methods = {
            node.name
            for s in reached
            for node in ast.walk(s.tree)
            if isinstance(node, _DEFINITIONS)
        }
        made = [path for path in sorted(flow.unnamed) if path.partition(".")[0] in LIBRARIES]
        brings = [path for s in reached for path in _brought(s.tree, flow)]
        odd = {word for s, at in reached.items() if at is None for word in s.words & UNUSUAL}
        doubt = next(
            filter(
                None,
                (
                    "has more values for a name than are followed" if flow.lost else "",
                    f"fetches from {made[0]} by a name that is made" if made and wanted else "",
                    f"hands {min(flow.handed)} to a call that is not followed"
                    if flow.handed and wanted
                    else "",
                    f"uses {min(brings)}, which may run what stands elsewhere"
                    if brings and wanted
                    else "",
                    f"uses {min(odd)}" if odd and wanted else "",
                ),
            ),
            "",
        )
        for value in flow.named(name):
            if found := _ready_made(value, value.path.split(".")[1:], wanted, stand_ins):
                return Use(found, self._bound[name][-1].tree.lineno), ""
        tracking = self._tracking(reached, flow, wanted)
        if tracking is not None:
            return tracking, ""
        for statement, elsewhere in reached.items():
            left = wanted if elsewhere is None else wanted - elsewhere - TRACKED
            given = stand_ins if elsewhere is None else set[str]()
            for node in ast.walk(statement.tree):
                if not isinstance(node, _NAMES):
                    continue
                found, doubtful = _called(node, flow, left, given)
                if found:
                    return Use(found, getattr(node, "lineno", 0)), ""
                if doubtful and doubtful not in methods and elsewhere is None:
                    doubt = doubt or f"uses .{doubtful} of what is not known"
        return None, doubt

    def _tracking(
        self,
        reached: Mapping[_Statement, frozenset[str] | None],
        flow: Flow,
        wanted: frozenset[str],
    ) -> Use | None:
        """A framework's gradients that are kept in one place and fetched in another."""
        if wanted.isdisjoint(TRACKED):
            return None
        fetched = {
            node.attr
            for statement, elsewhere in reached.items()
            if elsewhere is None
            for node in ast.walk(statement.tree)
            if isinstance(node, ast.Attribute) and node.attr in ("backward", "grad")
        }
        if fetched != {"backward", "grad"}:
            return None
        for statement in reached:
            for node in ast.walk(statement.tree):
                line = getattr(node, "lineno", 0)
                if isinstance(node, ast.keyword) and node.arg in TRACKED:
                    return Use(str(node.arg), line)
                for value in flow.of(node) if isinstance(node, ast.Name | ast.Attribute) else ():
                    if _of(value, LIBRARIES) and _keeps_gradients(value.path.split(".")):
                        return Use(value.path, line)
        return None

    def _reached(
        self, name: str, counted: Mapping[str, frozenset[str]]
    ) -> dict[_Statement, frozenset[str] | None]:
        """The statements that bind `name` or a name that these use, and so on.

        With those that are reached through the exercises that this one is built on alone, what is
        counted there; with all others, None.
        """
        found: dict[_Statement, frozenset[str] | None] = {}
        self._walk([name, "*"], frozenset(counted) - {name}, None, found)
        for exercise, its in counted.items():
            if exercise != name:
                self._walk([exercise], frozenset(counted) - {exercise}, its, found)
        return found

    def _walk(
        self,
        waiting: list[str],
        stops: frozenset[str],
        elsewhere: frozenset[str] | None,
        found: dict[_Statement, frozenset[str] | None],
    ) -> None:
        seen = {*waiting, *stops}
        done: set[_Statement] = set()
        while waiting:
            for statement in self._bound.get(waiting.pop(), ()):
                if statement in done or found.setdefault(statement, elsewhere) != elsewhere:
                    continue
                done.add(statement)
                new = statement.uses - seen
                waiting += new
                seen |= new

    def _relevant(self, reached: Mapping[_Statement, frozenset[str] | None]) -> list[_Statement]:
        """The statements, in order, that say what the names in those that are reached may be."""
        names = set[str]().union(*(s.binds | s.uses for s in reached))
        chosen, runs = set(reached), set[str]()
        waiting = [s for name in names for s in self._changing.get(name, ())]
        while waiting:
            statement = waiting.pop()
            if statement in chosen:
                continue
            chosen.add(statement)
            below, new = (statement.binds | statement.uses) - names, statement.binds - runs
            names |= below
            runs |= new
            for name in below:
                waiting += self._changing.get(name, ())
                waiting += self._bound.get(name, ())
            for name in new:
                waiting += self._only_using.get(name, ())
        return [s for s in self._statements if s in chosen]


def modules(files: Mapping[str, bytes]) -> dict[str, str]:
    """The text of the modules among files, by the name by which they are imported.

    A package is one text.
    """
    found: dict[str, str] = {}
    for path, data in sorted(files.items()):
        if path.endswith(".py"):
            name = path.partition("/")[0].removesuffix(".py")
            found[name] = f"{found.get(name, '')}{data.decode(errors='replace')}\n"
    return found


def suspicion(source: str, asked: Sequence[str]) -> str:
    """What is unusual in a cell, in words for the staff, or "".

    That it cannot be read is told with a right answer alone: most such cells do not run either.

    Args:
        source: the text of the cell.
        asked: what the frameworks call the very thing that is asked.
    """
    cell = _read(source)
    wanted = frozenset(asked)
    paths = [path for _, path in cell.imports if not path.startswith(GIVEN)]
    modules = {path.partition(".")[0] for path in paths} - USUAL
    found = [f"runs {magic}" for magic in dict.fromkeys(cell.magics)]
    found += [f"imports {module}" for module in sorted(modules)]
    found += [f"imports all of {p[:-2]}" for name, p in cell.imports if name == "*"]
    found += [f"uses {name}" for name in sorted(cell.words & UNUSUAL)]
    found += [f"has the text “{text}”" for text in sorted(cell.texts & wanted)]
    return ", ".join(found[:5])


def _called(
    node: ast.AST, flow: Flow, wanted: frozenset[str], stand_ins: set[str]
) -> tuple[str, str]:
    """What is ready-made of what `node` names, and the word of which it is not known whose it is.

    Each is "" where there is none.
    """
    if isinstance(node, ast.keyword):
        return (node.arg if node.arg and node.arg in TRACKED & wanted else ""), ""
    attr = node.attr if isinstance(node, ast.Attribute) else ""
    if attr in TRACKED & wanted:
        return attr, ""
    for value in flow.of(node):
        inner = value.path.split(".")[1:]
        # Of what a call made, the method alone is looked at: the call itself stands elsewhere.
        here = inner if value.kind == "is" else inner[-1:] if attr else []
        if found := _ready_made(value, here, wanted, stand_ins):
            return found, ""
    base = node.value if isinstance(node, ast.Attribute) else None
    doubtful = attr if base is not None and attr in wanted and not flow.of(base) else ""
    return "", doubtful


def _ready_made(
    value: Value, inner: Sequence[str], wanted: frozenset[str], stand_ins: set[str]
) -> str:
    """What `value` is called, where it is what is asked, or a stand-in for it; else ""."""
    stands_in = value.path.startswith(GIVEN) and value.path.removeprefix(GIVEN) in stand_ins
    if value.kind == "is" and stands_in:
        return value.path
    if not _of(value, LIBRARIES):
        return ""
    if value.kind == "is" and any(_is_kind_of(value.path.rpartition(".")[2], w) for w in wanted):
        return value.path
    return value.path if not wanted.isdisjoint(inner) else ""


def _is_kind_of(name: str, word: str) -> bool:
    """Whether `name` is longer and has `word` in it, as `_thnn_fused_lstm_cell` has "lstm_cell"."""
    return name.strip("_") != word.lower() and f"_{word.lower()}_" in f"_{name}_"


def _keeps_gradients(path: Sequence[str]) -> bool:
    """Whether what is made by it has gradients kept: a parameter, or any layer, which has some."""
    layer = "nn" in path and any(part[:1].isupper() for part in path if part != "Module")
    return layer or not TRACKING.isdisjoint(path)


def _brought(tree: ast.stmt, flow: Flow) -> Iterator[str]:
    """What of a framework's may run code that does not stand there, and pickles that NumPy reads.

    Of `numpy.load` these are asked for by name, or by its third argument.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            for value in flow.of(node):
                if _of(value, FRAMEWORKS) and not BRINGS.isdisjoint(value.path.split(".")[1:]):
                    yield value.path
        elif isinstance(node, ast.Call):
            many = len(node.args) > 2 or any(isinstance(arg, ast.Starred) for arg in node.args)
            if many and any(value.path == "numpy.load" for value in flow.of(node.func)):
                yield "numpy.load"


def _of(value: Value, modules: frozenset[str]) -> bool:
    return value.kind in ("is", "made") and value.path.partition(".")[0] in modules


@lru_cache(maxsize=64)  # setup cells are the same for the whole class
def _read(source: str) -> _Cell:
    if len(source) > LONGEST:
        return _Cell(unread=TOO_LONG)
    magics: tuple[str, ...] = ()
    otherwise = _parted_otherwise(source)
    try:
        try:
            tree = parse(source)
            otherwise = otherwise or any(map(_PROMPT.match, source.splitlines()[:2]))
        except SyntaxError:
            stripped, magics = plain(source)
            tree = parse(stripped)
        cell = _looked_through(tree, magics)
        return replace(cell, unread=cell.unread or OTHERWISE) if otherwise else cell
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Cell(unread=UNREAD, magics=magics)


def _parted_otherwise(source: str) -> bool:
    """Whether IPython finds words of its own where Python sees the rest of a line.

    A line ends for IPython where it ends for `str.splitlines`, at a form feed for one.
    """
    lines = source.replace("\r", "\n").split("\n")
    parts = [part for line in lines if len(own := line.splitlines()) > 1 for part in own]
    return any(plain(part).source != part for part in parts)


def _looked_through(tree: ast.Module, magics: tuple[str, ...]) -> _Cell:
    # A walk is slow, and this is the only one of every node.
    walks = [list(ast.walk(statement)) for statement in tree.body]
    nodes = [node for walk in walks for node in walk]
    if len(nodes) > MOST_NODES:
        return _Cell(unread=TOO_LONG)
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return _Cell(
        statements=tuple(map(_statement, tree.body, walks)),
        imports=tuple(_imports(nodes)),
        words=frozenset(n.id for n in nodes if isinstance(n, ast.Name))
        | frozenset(n.attr for n in nodes if isinstance(n, ast.Attribute))
        | frozenset(n.arg for n in nodes if isinstance(n, ast.keyword) and n.arg)
        | frozenset(part for _, path in _imports(nodes) for part in path.split(".")),
        texts=frozenset(texts),
        magics=magics,
    )


def _imported(statements: Iterable[_Statement]) -> set[str]:
    """The names of the modules, or of the packages in which they are, that statements import."""
    return {
        path.partition(".")[0] for one in statements for _, path in _imports(ast.walk(one.tree))
    }


def _statement(tree: ast.stmt, walk: Sequence[ast.AST]) -> _Statement:
    """The statement, and all nodes in it."""
    imports = dict(_imports(walk))
    uses = frozenset(_free(tree, frozenset()))
    if isinstance(tree, _DEFINITIONS):
        binds = frozenset({tree.name})
    else:
        binds = frozenset(bound_within(_module_of(tree)))
    outer = frozenset(n for node in walk if isinstance(node, ast.Global) for n in node.names)
    return _Statement(
        tree=tree,
        binds=binds,
        changes=(frozenset(_changed(walk)) & uses) | outer,
        uses=uses,
        words=frozenset(imports)
        | frozenset(part for path in imports.values() for part in path.split("."))
        | frozenset(word for node in walk for word in _words(node)),
    )


def _module_of(tree: ast.stmt) -> ast.ClassDef:
    """A scope of which the statement is all; a class binds as a module does."""
    return ast.ClassDef(name="", bases=[], keywords=[], body=[tree], decorator_list=[])


def _words(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.keyword(arg=str() as name):
            yield name
        case ast.Constant(value=str() as text) if len(text) < 100:
            yield from text.split(".")


def _changed(walk: Iterable[ast.AST]) -> Iterator[str]:
    """The names into which something is put."""
    for node in walk:
        match node:
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                yield _root(node)
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in PUTS:
                yield _root(owner)
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, *_]):
                yield _root(owner)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _free(node: ast.AST, bound: frozenset[str]) -> Iterator[str]:
    """The names of the module that stand in `node`."""
    inner = bound
    match node:
        case ast.Name(id=name):
            if name not in bound:
                yield name
            return
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            args = node.args
            outside: list[ast.expr] = [
                *args.defaults,
                *(d for d in args.kw_defaults if d is not None),
            ]
            outside += getattr(node, "decorator_list", [])
            for part in outside:
                yield from _free(part, bound)
            inner = bound | bound_within(node)
            for inside in [node.body] if isinstance(node, ast.Lambda) else node.body:
                yield from _free(inside, inner)
            return
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = bound | bound_within(node)
    for child in ast.iter_child_nodes(node):
        yield from _free(child, inner)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """The names that imports among `nodes` bind, and what they stand for."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield alias.asname or top, alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or '.'}.{alias.name}"
