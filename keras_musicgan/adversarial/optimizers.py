"""Two optimizers behind one, as Keras trains and saves a single one."""

import keras


class AdversarialOptimizer(keras.optimizers.MultiOptimizer):
    """The optimizers of generator and discriminator.

    Keras carries the state of one optimizer through JAX steps and files. Each network is updated by its own,
    `generator` or `discriminator`; `iterations` counts the training steps.

    Args:
        generator: Keras optimizer of the generator.
        discriminator: Keras optimizer of the discriminator, another object.
        generator_variables: The variables of the generator.
        discriminator_variables: The variables of the discriminator.
    """

    def __init__(self, generator, discriminator, generator_variables, discriminator_variables):
        generator_ids = {id(variable) for variable in generator_variables}
        super().__init__(lambda variable: generator if id(variable) in generator_ids else discriminator)
        self.generator = generator
        self.discriminator = discriminator
        self.build([*generator_variables, *discriminator_variables])
        for optimizer in (generator, discriminator):
            _track_all(optimizer)

    def save_own_variables(self, store):
        """Saves the number of steps; Keras saves the two optimizers as parts of their own."""
        store["iterations"] = self.iterations.numpy()

    def load_own_variables(self, store):
        """Loads the number of steps."""
        self.iterations.assign(store["iterations"][()])


def portable_config(optimizer: keras.optimizers.Optimizer) -> dict:
    """The serialized optimizer, the same on every backend.

    Keras's optimizers have classes of their own on PyTorch and would be saved as those.
    """
    config = keras.optimizers.serialize(optimizer)
    if hasattr(keras.optimizers, config["class_name"]):
        config.update(module="keras.optimizers", registered_name=None)
    return config


def _track_all(optimizer):
    """Tracks variables that Keras forgets to save and to carry through JAX: the running product of Nadam."""
    tracked = {id(variable) for variable in optimizer.variables}
    for value in vars(optimizer).values():
        if isinstance(value, keras.Variable) and id(value) not in tracked:
            optimizer._track_variable(value)
