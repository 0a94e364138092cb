"""``dvc.yaml`` says exactly what each stage reads: code, parameters and data."""

import ast
from pathlib import Path

import grimp
import pytest
from ruamel.yaml import YAML

from assay.manual.knobs import BLOCKS, knobs
from assay.manual.reruns import stages, written
from assay.types import Params

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["fetch", "bars", "features", "labels", "hmm", "train-base", "train-meta", "walkforward", "backtest"]
NAMES += ["montecarlo", "report"]
PIPELINE = stages(ROOT / "dvc.yaml")
KEYS = ["desc", "cmd", "deps", "params", "outs", "metrics"]
EVERY = {knob.path for knob in knobs()}
UNTRACKED = ("compute.", "transport.")
"""How work is divided, and how bytes come, changes no result, so it is no stage's parameter."""


def script(name: str) -> Path:
    return ROOT / "stages" / f"{name.replace('-', '_')}.py"


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("assay", "stages", cache_dir=None)


def test_the_stages_stand_in_the_order_of_execution():
    assert list(PIPELINE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_stage_says_what_it_is_and_is_short(name):
    assert PIPELINE[name]["desc"]
    assert PIPELINE[name]["cmd"] == f"python -m stages.{name.replace('-', '_')}"
    assert list(PIPELINE[name]) == [key for key in KEYS if key in PIPELINE[name]]
    assert len(script(name).read_text().splitlines()) <= 45


def place(module: str) -> str:
    """Return the dependency that stands for a module: a file at the top of a package, or the folder below it."""
    parts = module.split(".")
    if len(parts) == 1:
        return f"{module}/__init__.py"
    path = ROOT / parts[0] / parts[1]
    return f"{parts[0]}/{parts[1]}" if path.is_dir() else f"{parts[0]}/{parts[1]}.py"


@pytest.mark.parametrize("name", NAMES)
def test_code_dependencies_are_the_transitive_imports(graph, name):
    module = f"stages.{name.replace('-', '_')}"
    imported = graph.find_upstream_modules(module) | {module}
    used = {place(module) for module in imported} | {"stages/__init__.py", "assay/__init__.py"}
    declared = {dep for dep in PIPELINE[name]["deps"] if dep.startswith(("assay", "stages"))}
    assert declared == used


def loaded(name: str) -> set[str]:
    """Return the leaves of params.yaml that a script loads, read from its own text."""
    leaves: set[str] = set()
    calls = [node for node in ast.walk(ast.parse(script(name).read_text())) if isinstance(node, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "params":
            leaves |= _leaves(call)
    return {leaf for leaf in leaves if not leaf.startswith(UNTRACKED)}


def below(*keys: str) -> set[str]:
    """Return the leaves at or below some places of params.yaml."""
    return {leaf for leaf in EVERY for key in keys if leaf == key or leaf.startswith(f"{key}.")}


def _leaves(call: ast.Call) -> set[str]:
    if call.func.attr == "read":
        return EVERY
    if call.func.attr == "seed":
        return {"seed"}
    block, model, *field = call.args
    assert ast.unparse(model) == owner(block.value).__name__
    apart = below(*(inner for inner in BLOCKS if inner.startswith(f"{block.value}.")))
    inside = below(".".join([block.value, *(name.value for name in field)])) - apart
    assert inside, f"{ast.unparse(call)} loads no parameter"
    return inside


def owner(place: str) -> type[Params]:
    """Return the class of a block, or of a group of parameters inside one."""
    block = max((block for block in BLOCKS if f"{place}.".startswith(f"{block}.")), key=len)
    model = BLOCKS[block]
    for name in place.removeprefix(block).split(".")[1:]:
        model = model.model_fields[name].annotation
    return model


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_exactly_those_the_script_loads(name):
    assert below(*PIPELINE[name].get("params", [])) == loaded(name)


def test_every_parameter_but_compute_belongs_to_a_stage():
    used = set().union(*(loaded(name) for name in NAMES if name != "report"))
    assert {leaf for leaf in EVERY - used if not leaf.startswith((*UNTRACKED, "report."))} == {"name"}


@pytest.mark.parametrize("name", NAMES)
def test_data_dependencies_are_written_by_an_earlier_stage(name):
    earlier = [out for other in NAMES[: NAMES.index(name)] for out in written(PIPELINE[other])]
    data = [dep for dep in PIPELINE[name]["deps"] if not dep.startswith(("assay", "stages", "data/sample", "own"))]
    assert [dep for dep in data if not any(dep == out or dep.startswith(f"{out}/") for out in earlier)] == []


def test_the_lock_covers_the_pipeline():
    lock = YAML(typ="safe").load((ROOT / "dvc.lock").read_text())["stages"]
    assert set(lock) == set(NAMES)
