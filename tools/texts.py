"""Every text that the product says, and whether `crm_app/core/locale/es.po` has it: no more, no less.

    python tools/texts.py

Texts are found in three ways: the pages are drawn and what they give to `t` is written down; the source is read for
what is given to `Message`, `say` and whatever passes a text on to them; the registries name fields, sections, choices,
verbs and roles. A text that is put together while the program runs, and comes from none of these, is listed as well: it
may lack its Spanish.
"""

import ast
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "crm_app"
CATALOGUE = SOURCE / "core" / "locale" / "es.po"

# what translates: the argument's place and its name; whatever hands a parameter on to one of these is found by itself
_ROOTS: Mapping[str, tuple[int, str]] = {"translate": (0, "text"), "Message": (0, "text")}
# attributes that hold a text of a registry, or a Message that was made where its words stand
_CARRIED = {"label", "one", "new_one", "many", "group", "title", "text", "message", "why", "lift"}
# mappings whose values are Messages
_MESSAGES = {"fields.items()", "faults.values()", "message.args.items()"}
# files that keep texts in tuples: every string in one that begins with a capital letter is a text
_IN_TUPLES = {"api/problems.py", "services/receivable_sheets.py"}
# expressions whose texts stand elsewhere: (file, expression) to those texts, or to () where a registry or tuple has it
_ELSEWHERE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("api/problems.py", "title"): (),
    ("api/problems.py", "detail"): (),
    ("services/users.py", "name"): (),
    ("services/users.py", "built_in"): (),
    ("core/i18n.py", "part"): (),
    ("core/fields.py", "_latin()"): (),
    ("core/words.py", "known or verb.capitalize()"): (
        "See",
        "History",
        "API tokens",
        "Jobs",
        "Undo",
        "Retry",
        "Cancel",
        "Everything",
    ),
    ("core/words.py", "STATES.get((resource, state), state)"): (),
    ("core/words.py", "name"): (),
    ("services/jobs.py", "said_later(found.error)"): (),
    ("services/jobs.py", "known(found.args)"): (),
    ("services/history.py", "_BESIDE[entity].name"): ("Note", "File", "View", "Merged record"),
    ("services/numbering.py", "_PATTERNS[kind][0]"): (
        "Quotes",
        "Sales orders",
        "Delivery notes",
        "Invoices",
        "Credit notes",
        "Debit notes",
        "Deposit invoices",
        "Payments",
    ),
    ("services/receivable_sheets.py", "text"): (),
    ("services/receivable_sheets.py", "statements.KIND_WORDS[row.kind]"): (
        "Invoice",
        "Credit note",
        "Debit note",
        "Deposit invoice",
        "Payment received",
        "Payment made",
        "Payment reversed",
        "Exchanged",
    ),
    ("state/receivables.py", "statements.KIND_WORDS[row.kind]"): (),
    ("state/ageing.py", "ageing.NOBODY[group]"): (),
    ("state/trade.py", "node.kind"): (),
    ("api/chain.py", "node.kind"): (),
    ("api/chain.py", "node.standing.text"): (),
    ("services/mass.py", "references.told(work, resource, key) if few else REFERRED"): (),
    ("state/trade.py", "text"): (),
    ("state/trade.py", "node.standing.text"): (
        "Partly ordered\x04feminine",
        "Ordered\x04feminine",
        "Partly delivered",
        "Delivered",
        "Partly invoiced",
        "Partly invoiced\x04feminine",
        "Invoiced",
        "Invoiced\x04feminine",
        "Expired",
        "Paid",
        "Partly paid",
        "Overdue",
        "Allocated",
        "Partly allocated",
        "Not allocated",
        "Being changed",
    ),
    ("state/trade.py", "what"): (
        "List price of the product",
        "Cost of the product",
        "No cost is known",
        "Rounded up, then added",
        "Written by hand",
        "Fixed price of the list",
        "Discount of the list, %",
        "Margin on the cost, %",
        "Converted",
        "With taxes",
        "Without taxes",
    ),
    ("state/bulk.py", "text"): (),
    ("state/filters.py", "sign_of(spec, part)"): (),
    ("state/beside.py", "bad.fields.get('text', bad.message)"): (),
}


@dataclass(frozen=True)
class Found:
    """The texts in use, and the places whose text could not be told: (file:line, expression)."""

    texts: frozenset[str]
    unknown: tuple[tuple[str, str], ...]


def collect() -> Found:
    """All three ways together."""
    written, unknown = in_source()
    return Found(frozenset(written | in_pages() | in_registries()), tuple(unknown))


# ---- the pages


def in_pages() -> set[str]:
    """What the pages give to `t` when they are drawn."""
    from crm_app.pages.parts import text  # before the pages, so that nothing they say is missed

    said: set[str] = set()

    def listen(key: str, _language: str) -> str:
        said.add(key)
        return key

    with patch.object(text, "translate", listen):
        from crm_app.pages import registry

        for page in registry.PAGES:
            page.draw()
    return said


# ---- the registries


def in_registries() -> set[str]:
    """Words of resources, fields, verbs, states and roles."""
    from crm_app.core.resource import RESOURCES
    from crm_app.models import registry, users
    from crm_app.services import actions

    assert registry.MODULES  # noqa: S101 - imported for what it registers
    found = set(users.BUILT_IN_ROLES)
    for resource in RESOURCES:
        for one in (resource, *(part.resource for part in RESOURCES.lines(resource))):
            found |= set(_of_resource(one))
        found |= {action.label for action in actions.of(resource.name)}
        found |= {actions.find(resource.name, verb).label for verb in resource.verbs if verb != "read"}
    return {text for text in found if text}


def _of_resource(resource: Any) -> Iterator[str]:
    from crm_app.core.fields import Choice

    yield from (resource.one, resource.many, resource.group, *(section.title for section in resource.form))
    yield from (view.title for view in resource.views)
    if resource.uncounted is not None:
        yield resource.uncounted.title
    for spec in resource.fields.values():
        yield from (spec.label, spec.help)
        if isinstance(spec.kind, Choice):
            yield from (label for _, label in spec.kind.pairs())
    if resource.workflow is not None:
        for move in resource.workflow.moves:
            yield from (move.verb, move.target, *move.sources)


# ---- the source


Function = ast.FunctionDef | ast.AsyncFunctionDef
Carriers = dict[str, set[tuple[int, str]]]


@dataclass(frozen=True)
class _File:
    name: str
    tree: ast.Module
    parents: Mapping[ast.AST, ast.AST]

    def function(self, node: ast.AST) -> Function | None:
        """The function that the node stands in."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            above = self.parents.get(above)
        return above

    def constant(self, name: str) -> ast.expr | None:
        """What the module says that name is."""
        for node in self.tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=found)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=found), value=value)
                ):
                    if found == name:
                        return value
        return None


def _files(root: Path) -> list[_File]:
    found = []
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        found.append(_File(path.relative_to(root).as_posix(), tree, parents))
    return found


def in_source(
    root: Path = SOURCE, elsewhere: Mapping[tuple[str, str], tuple[str, ...]] = _ELSEWHERE
) -> tuple[set[str], list[tuple[str, str]]]:
    """Texts in the source, and what could not be told. Of the pages, which are drawn, only plain texts count."""
    files = _files(root)
    carriers = _carriers(files)
    texts = {text for expected in elsewhere.values() for text in expected}
    unknown: list[tuple[str, str]] = []
    met = set()
    for file in files:
        texts |= _labels_and_tuples(file)
        for call in (node for node in ast.walk(file.tree) if isinstance(node, ast.Call)):
            for argument in _texts_given(call, carriers):
                expression = ast.unparse(argument)
                met.add((file.name, expression))
                known = set() if (file.name, expression) in elsewhere else _resolve(file, argument)
                if known is not None:
                    texts |= known
                elif not file.name.startswith("pages/"):
                    unknown.append((f"{file.name}:{call.lineno}", expression))
    stale = sorted(set(elsewhere) - met)
    return texts, unknown + [(name, f"{expression} is not there any more") for name, expression in stale]


def _labels_and_tuples(file: _File) -> set[str]:
    """What changes are called in the history, and the texts of the files that keep them in tuples."""
    found: set[str] = set()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in ("Work", "Action"):
            given = (_resolve(file, word.value) for word in node.keywords if word.arg == "label")
            found |= {text for known in given for text in known or ()}
        elif isinstance(node, ast.Tuple) and file.name in _IN_TUPLES:
            found |= {text for text in _strings(node.elts) if text[:1].isupper()}
    return found


def _strings(nodes: Iterable[ast.expr | None]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts_given(call: ast.Call, carriers: Carriers) -> list[ast.expr]:
    """The arguments of a call that are texts."""
    found = []
    for place, name in carriers.get(_name_of(call.func), ()):
        if len(call.args) > place and not any(isinstance(part, ast.Starred) for part in call.args[: place + 1]):
            found.append(call.args[place])
        found += [word.value for word in call.keywords if word.arg == name]
    return found


def _carriers(files: Iterable[_File]) -> Carriers:
    """Functions and classes that hand a parameter of theirs on as a text, by name, with the parameter's place."""
    found: Carriers = {name: {place} for name, place in _ROOTS.items()}
    grown = True
    while grown:
        grown = False
        for file in files:
            for node in ast.walk(file.tree):
                if not isinstance(node, ast.Call):
                    continue
                for argument in _texts_given(node, found):
                    function = file.function(node)
                    if function is None or not isinstance(argument, ast.Name):
                        continue
                    name, place = _parameter(file, function, argument.id)
                    if place is not None and place not in found.setdefault(name, set()):
                        found[name].add(place)
                        grown = True
    return found


def _parameter(file: _File, function: Function, name: str) -> tuple[str, tuple[int, str] | None]:
    """How the function is called, and where its parameter of that name stands; a constructor is called by its class."""
    names = [part.arg for part in (*function.args.posonlyargs, *function.args.args)]
    owner = file.parents.get(function)
    called = owner.name if function.name == "__init__" and isinstance(owner, ast.ClassDef) else function.name
    if name in names:
        bound = isinstance(owner, ast.ClassDef) and names[0] in ("self", "cls")
        return called, (names.index(name) - bound, name)
    if name in (part.arg for part in function.args.kwonlyargs):
        return called, (99, name)
    return called, None


def _resolve(file: _File, given: ast.expr) -> set[str] | None:
    """The texts that an expression may be; none where they are collected at another place; None where nobody knows."""
    parts: list[ast.expr] = []
    found: set[str] | None = set()
    match given:
        case ast.Constant(value=str(text)):
            found = {text} - {""}
        case ast.IfExp(body=first, orelse=second):
            parts = [first, second]
        case ast.BoolOp(values=values):
            parts = values
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, default]):
            found, parts = _values(file, name), [default]
        case ast.Subscript(value=ast.Name(id=name)):
            found = _values(file, name)
        case ast.Name(id=name):
            parts = _assigned(file, given, name)
            found = found if parts or _handed_on(file, given, name) else None
        case _:
            found = found if _carried(given) else None
    for known in (_resolve(file, part) for part in parts):
        found = None if found is None or known is None else found | known
    return found


def _carried(given: ast.expr) -> bool:
    """A Message (looked at by itself), one of an Invalid's, or an attribute that a registry or a Message fills."""
    match given:
        case ast.Call(func=ast.Name(id="Message")) | ast.Subscript(value=ast.Attribute(attr="fields")):
            return True
        case ast.Attribute(attr=name) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _CARRIED
    return False


def _values(file: _File, name: str) -> set[str] | None:
    """The values of a dict of texts at the top of the module."""
    value = file.constant(name)
    found = _strings(value.values) if isinstance(value, ast.Dict) else []
    return set(found) if isinstance(value, ast.Dict) and len(found) == len(value.values) else None


def _assigned(file: _File, node: ast.AST, name: str) -> list[ast.expr]:
    """Everything that the function around the node gives to the variable of that name."""
    inside = ast.walk(file.function(node) or ast.Pass())
    given = [part for part in inside if isinstance(part, ast.Assign)]
    return [part.value for part in given if any(isinstance(to, ast.Name) and to.id == name for to in part.targets)]


def _handed_on(file: _File, node: ast.AST, name: str) -> bool:
    """A parameter, whose texts stand where the function is called; or an item of a mapping of Messages."""
    function = file.function(node)
    if function is None:
        return False
    if _parameter(file, function, name)[1] is not None:
        return True
    loops = (part for part in ast.walk(function) if isinstance(part, ast.comprehension | ast.For))
    sources = [ast.unparse(loop.iter) for loop in loops if name in _names(loop.target)]
    return any(".fields." in source or source in _MESSAGES for source in sources)


def _names(target: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}


# ---- the catalogue


def catalogue() -> dict[str, str]:
    """English to Spanish, as es.po has it."""
    from babel.messages.pofile import read_po

    from crm_app.core.i18n import key_of

    with CATALOGUE.open("rb") as file:
        entries = [entry for entry in read_po(file, abort_invalid=True) if entry.id]
    return {key_of(str(entry.id), entry.context or ""): str(entry.string) for entry in entries}


def missing(texts: Iterable[str], has: Mapping[str, str]) -> list[str]:
    """Texts without Spanish."""
    return sorted(text for text in texts if not has.get(text))


def left_over(texts: Iterable[str], has: Mapping[str, str]) -> list[str]:
    """Spanish that nothing asks for."""
    return sorted(set(has) - set(texts))


def main() -> int:
    """Print what is amiss; 1 when anything is."""
    found, has = collect(), catalogue() if CATALOGUE.exists() else {}
    lines = [f"no Spanish: {text}" for text in missing(found.texts, has)]
    lines += [f"no longer used: {text}" for text in left_over(found.texts, has)]
    lines += [f"cannot be told: {place}: {expression}" for place, expression in found.unknown]
    print("\n".join(lines) or f"{len(found.texts)} texts, all in Spanish")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)  # Reflex puts the files of its components into the assets of the folder it is started in
    raise SystemExit(main())
