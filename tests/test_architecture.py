"""Rooms import only from rooms below them, and only the backends import a framework."""

import ast
import graphlib
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "keras_musicgan"
ROOMS = (  # from the ground up; later ones may import earlier ones
    *("utils", "backends", "processes", "adversarial", "music", "conditions", "spectra", "metrics"),
    *("representations", "networks", "generation", "presets", "pretrained", "synth", "fit_inputs", "gan"),
    *("datasets", "embeddings", "evaluation", "callbacks", "page", "runs", "experiments", "api", "cli"),
)
FRAMEWORKS = {"tensorflow", "jax", "torch"}
FILE_FORMATS = {"embeddings/vggish/weights.py", "generation/export.py"}  # need the framework whose format it is


def sources():
    """Every file as (path in the package, its imports as dotted names), also those inside functions."""
    callbacks = PACKAGE.parent / "callbacks"
    for file in sorted([*PACKAGE.rglob("*.py"), *callbacks.glob("*.py")]):
        path = file.relative_to(PACKAGE if file.is_relative_to(PACKAGE) else callbacks.parent)
        nodes = list(ast.walk(ast.parse(file.read_text())))
        imports = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
        froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
        yield path, [*imports, *(f"{node.module}.{name.name}" for node in froms for name in node.names)]


def test_rooms_import_only_from_rooms_below_them():
    upwards = []
    for path, imports in sources():
        room = path.parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        for name in imports:
            package, _, rest = name.partition(".")
            if package == "keras_musicgan" and ROOMS.index(rest.split(".")[0]) > ROOMS.index(room):
                upwards.append(f"{path} imports {name}")
    assert not upwards


def test_no_file_imports_itself_in_a_circle():
    files = {".".join(("keras_musicgan", *path.with_suffix("").parts)): imports for path, imports in sources()}
    files = {name.removesuffix(".__init__"): imports for name, imports in files.items()}
    arrows = {  # what is no module is a name in one
        file: {name if name in files else name.rpartition(".")[0] for name in imports} & set(files)
        for file, imports in files.items()
    }
    assert all("keras_musicgan" not in targets for targets in arrows.values()), "import the module, not the face"
    graphlib.TopologicalSorter(arrows).prepare()  # raises CycleError


def test_only_backends_and_file_formats_import_a_framework():
    found = {
        path.as_posix() for path, imports in sources() if FRAMEWORKS & {name.partition(".")[0] for name in imports}
    }
    assert {path for path in found if not path.startswith("backends/")} <= FILE_FORMATS


def test_the_top_of_the_package_shows_the_rooms():
    entries = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert entries == {*ROOMS, "__init__", "__main__", "py.typed"} - {"callbacks"}
