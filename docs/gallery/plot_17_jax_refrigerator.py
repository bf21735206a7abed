"""
A refrigerator found by gradient descent
========================================

Three qubits, each with a bath of its own: one is to be cooled, one gives heat to a room, one takes heat from a hot bath that drives. Nobody does
work. Linden, Popescu and Skrzypczyk (`arXiv:0908.2076 <https://arxiv.org/abs/0908.2076>`_) found when such a machine cools; here Adam (optax)
finds it: ``redfield.jax`` has the gradient of the steady state, and ``jax.vmap`` trains many machines at once, each step one call for all of them.
"""

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax

import redfield as rf
from redfield.draw import styled

jax.config.update("jax_enable_x64", True)
import redfield.jax as rj

# %%
# The machine. An interaction exchanges an excitation of both the cold and the hot qubit with one of the room's. The splitting of the cold qubit is
# 1, its bath and the room are at the temperature 1, the hot bath at 10; free are the other splittings, the interaction and the strengths of two
# baths, each between bounds.

excited, flip = np.diag([0.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
cold, room, hot = (rf.operators.local(excited, k, [2, 2, 2]).toarray() for k in range(3))
flips = np.array([rf.operators.local(flip, k, [2, 2, 2]).toarray() for k in range(3)])
exchange = np.zeros((8, 8))
exchange[0b010, 0b101] = exchange[0b101, 0b010] = 1.0

names = ["room splitting", "hot splitting", "interaction", "room strength", "hot strength"]
least = np.array([0.5, 0.5, 0.01, 1e-3, 1e-3])
most = np.array([5.0, 4.0, 0.2, 3e-2, 3e-2])


def machine(x):
    """The numbers of a machine, of unbounded ones."""
    return least + (most - least) * jax.nn.sigmoid(x)


def excitation(x):
    """The excitation of the cold qubit in the steady state."""
    room_splitting, hot_splitting, interaction, room_strength, hot_strength = machine(x)
    h = cold + room_splitting * room + hot_splitting * hot + interaction * exchange
    baths = [
        rj.BathArrays(rf.OhmicBath, strength=strength, cutoff=20.0, beta=beta)
        for strength, beta in ((1e-3, 1.0), (room_strength, 1.0), (hot_strength, 0.1))
    ]
    return rj.expect(cold, rj.steady_state(h, flips, baths))


# %%
# Forty machines from random starts, and two hundred steps of Adam. Redfield's equation is right on resonance too, where two levels of the
# machine meet and the secular approximation fails.

at_room = 1.0 / (1.0 + np.exp(1.0))
starts = jnp.asarray(np.random.default_rng(7).normal(0.0, 1.5, (40, len(names))))
adam = optax.adam(0.1)


def step(carry, _):
    x, state = carry
    values, gradients = jax.vmap(jax.value_and_grad(excitation))(x)
    updates, state = adam.update(gradients, state)
    return (optax.apply_updates(x, updates), state), (values, jax.vmap(machine)(x))


(last, _), (values, machines) = jax.jit(lambda x: jax.lax.scan(step, (x, adam.init(x)), length=200))(
    starts
)
best = int(np.argmin(values[-1]))
print(dict(zip(names, np.round(machine(last[best]), 4).tolist(), strict=True)))
print(f"excitation {values[-1, best]:.4f}, without the machine {at_room:.4f}")

# %%
# All machines cool, and have found the resonance, within its width: the room's splitting is the sum of the others. What limits them is the virtual
# temperature :math:`\beta_v = (\omega_r\beta_r - \omega_h\beta_h)/\omega_c` of the pair of other qubits.

room_splitting, hot_splitting = np.asarray(machines)[:, :, 0], np.asarray(machines)[:, :, 1]
detuning = room_splitting - hot_splitting - 1.0
virtual = 1.0 / (1.0 + np.exp(room_splitting[-1, best] - 0.1 * hot_splitting[-1, best]))
with styled():
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    left.plot(values, color="0.75", linewidth=0.6)
    left.plot(values[:, best], label="the best of forty")
    left.axhline(at_room, color="C3", linestyle="--", label="at the temperature of the room")
    left.axhline(virtual, color="C2", linestyle=":", label="at the virtual temperature")
    left.set(xlabel="step of Adam", ylabel="excitation of the cold qubit", ylim=(0, None))
    left.legend()
    right.plot(detuning, color="0.75", linewidth=0.6)
    right.plot(detuning[:, best])
    right.axhline(0.0, color="C2", linestyle=":")
    right.set(xlabel="step of Adam", ylabel="room − hot − cold splitting  (energy)")
plt.show()
