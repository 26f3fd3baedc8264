"""Objects that are rebuilt from their configuration."""

import inspect


class Configurable:
    """Base of objects whose configuration is the arguments of their constructor.

    A subclass keeps each argument in an attribute of the same name, or overrides `get_config`. Its `repr` is the call
    that builds it.
    """

    def get_config(self):
        """The arguments of the constructor by name, for `from_config`."""
        parameters = inspect.signature(type(self)).parameters.values()
        variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        return {each.name: getattr(self, each.name) for each in parameters if each.kind not in variable}

    @classmethod
    def from_config(cls, config):
        """An object from its configuration."""
        return cls(**config)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.get_config().items())})"
