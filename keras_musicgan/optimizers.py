"""Two optimizers behind one, as Keras trains and saves a single one."""

import keras


class AdversarialOptimizer(keras.optimizers.MultiOptimizer):
    """The optimizers of generator and discriminator.

    Keras carries the state of one optimizer through JAX steps and files. Each network is updated through its own,
    `generator` or `discriminator`; `iterations` counts the training steps.

    Args:
        generator: Keras optimizer of the generator.
        discriminator: Keras optimizer of the discriminator, another object.
        generator_variables: The variables that the first one updates.
        discriminator_variables: The variables that the second one updates.
    """

    def __init__(self, generator, discriminator, generator_variables, discriminator_variables):
        of_generator = {id(variable) for variable in generator_variables}
        super().__init__(lambda variable: generator if id(variable) in of_generator else discriminator)
        self.generator = generator
        self.discriminator = discriminator
        self.build([*generator_variables, *discriminator_variables])

    def save_own_variables(self, store):
        """Saves the number of steps; Keras saves the two optimizers as parts of their own."""
        store["iterations"] = self.iterations.numpy()

    def load_own_variables(self, store):
        """Loads the number of steps."""
        self.iterations.assign(store["iterations"][()])
