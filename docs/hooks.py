"""What MkDocs adds to the pages of this folder: the references, the examples and the gallery, and links to them.

The reference of the API is read from the source: nothing of the package is imported.
"""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "keras_musicgan"
INSTALLED = ROOT / "build" / "docs" / "package"  # named in mkdocs.yml
COMMAND = """
import sys
sys.argv = ["musicgan"]  # the command line alone, without Keras
import typer
from typer.cli import get_docs_for_click
from keras_musicgan.cli import app
command = typer.main.get_command(app)
context = command.make_context("musicgan", [], resilient_parsing=True)
print(get_docs_for_click(obj=command, ctx=context, name="musicgan"))
"""


def on_startup(command, dirty):
    """Lays out the package, before mkdocstrings looks for its folder."""
    lay_out_package(INSTALLED)


def on_config(config):
    """Lists the package's pages in the navigation, and makes a gallery that is missing or old."""
    (reference,) = (entry["Reference"] for entry in config.nav if "Reference" in entry)
    reference += [{f"km.{name}": f"reference/{name}.md"} for name in public_modules()]
    script, players = ROOT / "docs" / "gallery.py", ROOT / "docs" / "gallery" / "players.html"
    sources = (script, *(ROOT / PACKAGE / "pretrained" / "models").iterdir())
    if not players.is_file() or players.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        subprocess.run([sys.executable, str(script)], check=True)
    return config


def on_files(files, config):
    """Adds the pages of the references, and the examples as files to download."""
    from mkdocs.structure.files import File  # the rest of this file works without MkDocs

    for name, text in reference_pages().items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    files.append(File.generated(config, "reference/command.md", content=command_page()))
    for path in sorted((ROOT / "examples").iterdir()):
        if path.is_file():
            files.append(File.generated(config, f"examples/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown, page, config, files):
    """Links of a page to files of the repository become links to what the site has in their place."""
    return site_links(markdown)


def site_links(markdown: str) -> str:
    """Markdown whose links to examples and to modules lead to the site's copies and to its reference.

    Pages are read in the repository too, from whose root the folder `docs` is one step down.
    """
    markdown = re.sub(r"\]\(\.\./((?:\.\./)*examples/)", r"](\1", markdown)
    markdown = re.sub(rf"\]\(\.\./((?:\.\./)*){PACKAGE}/api\.py\)", r"](\1reference/index.md)", markdown)
    return re.sub(rf"\]\(\.\./((?:\.\./)*){PACKAGE}/(\w+)/__init__\.py\)", r"](\1reference/\2.md)", markdown)


def lay_out_package(folder: Path) -> None:
    """Copies the package to where each room has the name under which it is imported, as `km.callbacks` and `km.losses`.

    mkdocstrings reads these files. The package's `__init__.py` stays away: its imports would hide the modules of their
    names. Griffe knows "Examples:" as a section of code, but not "Example:".
    """
    shutil.rmtree(folder, ignore_errors=True)
    package = folder / PACKAGE
    shutil.copytree(ROOT / PACKAGE, package, ignore=lambda where, names: {name for name in names if _left_out(name)})
    (package / "__init__.py").write_text("")
    for name, source in public_modules().items():
        target = package / (f"{name}.py" if source.is_file() else name)
        if name == "MusicGAN" or target.exists():
            continue
        (shutil.copy if source.is_file() else shutil.copytree)(source, target)
    for path in package.rglob("*.py"):
        path.write_text(path.read_text().replace("    Example:\n", "    Examples:\n"))


def public_modules() -> dict[str, Path]:
    """The modules that `import keras_musicgan as km` gives, by name, and `MusicGAN` with its own."""
    places = _imports(_parse(ROOT / PACKAGE / "api.py"))
    found = {name: _source(*places[name]) for name in _all(_parse(ROOT / PACKAGE / "api.py"))}
    return {"MusicGAN": ROOT / PACKAGE / "gan.py"} | {name: path for name, path in found.items() if path}


def public_names(module: Path) -> list[str]:
    """The names of a module that are its own or listed in `__all__`."""
    tree = _parse(module / "__init__.py" if module.is_dir() else module)
    if listed := _all(tree):
        return listed
    names = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if not name.startswith("_")]


def reference_pages() -> dict[str, str]:
    """The Markdown of each page of the reference, by name."""
    modules = public_modules()
    pages = {"MusicGAN": _class_page()}
    rows = ["| | names |", "|---|---|", f"| [`km.MusicGAN`](MusicGAN.md) | {', '.join(f'`{m}`' for m in methods())} |"]
    for name, source in modules.items():
        if name == "MusicGAN":
            continue
        names = public_names(source)
        parts = [f"# `km.{name}`", f"::: {PACKAGE}.{name}\n    options: {{members: false, show_root_heading: false}}"]
        parts += [f"::: {PACKAGE}.{name}.{each}" for each in names]
        pages[name] = "\n\n".join(parts) + "\n"
        links = ", ".join(f"[`{each}`]({name}.md#{PACKAGE}.{name}.{each})" for each in names)
        rows.append(f"| [`km.{name}`]({name}.md) | {links} |")
    intro = (
        "# Reference\n\n`import keras_musicgan as km` gives all of this; `from keras_musicgan.losses import Hinge` "
        "works as well. `km.Pitch`, `km.Tempo`, `km.Label` and `km.Value` are those of `km.conditions`. "
        "[The command](command.md) has its own page.\n\n"
    )
    pages["index"] = intro + "\n".join(rows) + "\n"
    return pages


def methods() -> dict[str, str]:
    """The methods that `MusicGAN` takes from other modules, with the path of each function."""
    tree = _parse(ROOT / PACKAGE / "gan.py")
    places = _imports(tree)
    (gan,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "MusicGAN")
    found = {}
    for node in gan.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute | ast.Name):
            name = node.targets[0].id
            if isinstance(node.value, ast.Name):
                found[name] = ".".join(places[node.value.id])
            else:
                found[name] = ".".join((*places[node.value.value.id], node.value.attr))
    return found


def _class_page():
    """The page of `MusicGAN`: what its class defines, then what it takes from other modules."""
    taken = methods()
    filters = ["!^_", *(f"!^{name}$" for name in taken), "!config$", "!own_variables$"]
    parts = ["# `km.MusicGAN`", f"::: {PACKAGE}.gan.MusicGAN\n    options: {{filters: {filters!r}}}"]
    parts += [
        f"::: {path}\n    options: {{heading: '{name}', toc_label: '{name}', heading_level: 3}}"
        for name, path in taken.items()
    ]
    return "\n\n".join(parts) + "\n"


def command_page() -> str:
    """The page of the command and of all its options, as `musicgan --help` shows them."""
    result = subprocess.run([sys.executable, "-c", COMMAND], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.replace("<", "&lt;").replace("# `musicgan`", "# The command `musicgan`", 1)


def _left_out(name):
    """Whether a file of the package is of no use to the reference: compiled modules, models, pages."""
    return name in ("__pycache__", "models", "static")


def _parse(path):
    return ast.parse(path.read_text())


def _all(tree):
    """The names in the `__all__` of a module, or none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "__all__":
            return ast.literal_eval(node.value)
    return []


def _imports(tree):
    """The module and the name in it of everything that a module imports by `from … import …`."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _source(module, name):
    """The file or folder of a module, or `None` for another name."""
    if (module, name) == (PACKAGE, "callbacks"):
        return ROOT / "callbacks"
    path = ROOT.joinpath(*module.split("."), name)
    return path if path.is_dir() else path.with_suffix(".py") if path.with_suffix(".py").is_file() else None
