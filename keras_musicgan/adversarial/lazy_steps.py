"""Training steps with lazy penalties: a compiled function for each set of penalties that are due in the same step."""

import itertools
import math
from collections.abc import Callable

import keras


class LazySteps:
    """The training function of a model, by the penalties that are due.

    A step without a penalty is compiled without it: a condition inside a compiled step would cost more than it saves,
    since XLA runs its branches on one core of a CPU.

    Args:
        gan: `MusicGAN`. While a step runs, its `due_penalties` are those of that step.
        make: Function without arguments that makes Keras's own training function and sets it as
            `gan.train_function`.

    Attributes:
        step: Number of the next step, which counts on from call to call.
    """

    def __init__(self, gan: keras.Model, make: Callable[[], object]):
        self.gan = gan
        self.make = make
        self.step = 0
        # All are made before the first step, in which JAX takes the values out of the variables. Penalties that are due
        # together are so first in the step that is the least common multiple of their numbers of steps.
        intervals = [penalty.every for penalty in gan.penalties]
        subsets = (itertools.combinations(intervals, size) for size in range(len(intervals) + 1))
        steps = (math.lcm(*subset) for subset in itertools.chain.from_iterable(subsets))
        self.functions = {due: self._new_function() for due in set(map(self._due, steps))}

    def __call__(self, *args):
        """One step of Keras's training function, or several per execution where no penalty is lazy."""
        due = self._due(self.step)
        self.step += 1
        self.gan.due_penalties = due
        try:
            return self.functions[due](*args)
        finally:
            self.gan.due_penalties = None

    def _due(self, step):
        """The penalties that are due in a step."""
        return tuple(penalty for penalty in self.gan.penalties if penalty.is_due(step))

    def _new_function(self):
        """Keras's training function, of a step that equals no other: JAX traces equal methods once."""
        train_step = self.gan.train_step
        self.gan.train_step = lambda *args: train_step(*args)
        try:
            self.make()
            return self.gan.train_function
        finally:
            del self.gan.train_step
            self.gan.train_function = self
