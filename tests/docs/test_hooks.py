"""The pages that MkDocs adds to the site."""

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

import keras_musicgan as km

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hooks():
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs" / "hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def public_names(module):
    """What a module offers, by importing it: the reference is made without that."""
    if hasattr(module, "__all__"):
        return set(module.__all__)
    own = {name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__}
    return {name for name in own if not name.startswith("_")}


def test_every_public_name_is_in_the_reference(hooks):
    pages = hooks.reference_pages()
    modules = {name: module for name in km.__all__ if isinstance(module := getattr(km, name), ModuleType)}
    assert len(modules) >= 20
    for name, module in modules.items():
        found = set(re.findall(rf"::: keras_musicgan\.{name}\.(\w+)", pages[name]))
        assert public_names(module) <= found, name
        assert all(hasattr(module, each) for each in found), name
        assert f"({name}.md)" in pages["index"]
    classes = {name for name in km.__all__ if inspect.isclass(getattr(km, name))} - {"MusicGAN"}
    assert all(f"::: keras_musicgan.conditions.{name}" in pages["conditions"] for name in classes)


def test_every_method_that_a_model_takes_from_elsewhere_has_a_section(hooks):
    methods = hooks.methods()
    taken = {
        name
        for name, value in vars(km.MusicGAN).items()
        if inspect.isfunction(value) and value.__module__ != "keras_musicgan.gan" and not name.startswith("_")
    }
    kept = {name for name in taken if vars(km.MusicGAN)[name].__module__.startswith("keras_musicgan.")}
    assert kept - {"train_step", "test_step"} == set(methods)
    for name, path in methods.items():
        assert path.endswith(vars(km.MusicGAN)[name].__name__)
        assert f"::: {path}\n" in hooks.reference_pages()["MusicGAN"]


def test_the_page_of_the_command_lists_every_command(hooks):
    text = hooks.command_page()
    for name in ("demo", "train", "generate", "play", "page", "pack", "export", "evaluate", "compare", "publish"):
        assert f"## `musicgan {name}`" in text
    assert "--latent-dim" in text and "<" not in text


def test_links_to_the_repository_lead_to_the_site(hooks):
    page = (
        "[a](../../examples/a.ipynb) [b](../examples/b.py) [c](../../keras_musicgan/api.py) "
        "[d](../keras_musicgan/networks/__init__.py) [e](../start/student.md)"
    )
    links = [
        "../examples/a.ipynb",
        "examples/b.py",
        "../reference/index.md",
        "reference/networks.md",
        "../start/student.md",
    ]
    assert re.findall(r"\((.*?)\)", hooks.site_links(page)) == links
