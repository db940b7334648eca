"""The sizes that keep files and functions readable: see CONTRIBUTING.md."""

import ast
from pathlib import Path
from statistics import median

import pytest

from app.settings import ROOT

FILES = [p for top in ("app", "workers") for p in sorted((ROOT / top).rglob("*.py")) if p.stat().st_size]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, Function)]


def lines(function: Function) -> int:
    """Lines of code: the body without its docstring."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_files_are_short() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert median(sizes.values()) <= 80
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_functions_are_short() -> None:
    sizes = [lines(function) for path in FILES for function in functions(path)]
    assert median(sizes) <= 8


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_function_is_long_or_takes_much(path: Path) -> None:
    for function in functions(path):
        positional = [
            a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")
        ]
        assert lines(function) <= 60, f"{function.name} has {lines(function)} lines"
        assert len(positional) <= 5, f"{function.name} takes {len(positional)} positional parameters"


def test_no_service_grows_past_its_verbs() -> None:
    services = {
        str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in FILES if p.name == "service.py"
    }
    assert {name: size for name, size in services.items() if size > 250} == {}
