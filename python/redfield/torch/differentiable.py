"""Problems as PyTorch functions with derivatives in reverse, computed in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from redfield._base.checks import shown
from redfield.autodiff import Problem

namespace = torch


def as_double(name: str, value: object, complex_valued: bool | None) -> Any:
    """Return a tensor in double precision on the CPU, complex or real; of None as it is given.

    Raises
    ------
    TypeError
        It has single precision, is on another device, or is complex where it must be real.
    """
    if isinstance(value, torch.Tensor):
        tensor = value
    else:
        try:
            tensor = torch.as_tensor(np.asarray(value))
        except (TypeError, ValueError) as error:
            raise TypeError(f"{name} must be a tensor of numbers, got {shown(value)} ({error})") from None
    if tensor.device.type != "cpu":
        raise TypeError(
            f"{name} is on {tensor.device}, but redfield.torch computes on the CPU: {name}.cpu()"
        )
    if tensor.dtype == torch.bool:
        raise TypeError(f"{name} must be numbers, got dtype {tensor.dtype}")
    exact = not (tensor.dtype.is_complex or tensor.dtype.is_floating_point)
    if not exact and tensor.dtype not in (torch.float64, torch.complex128):
        raise TypeError(
            f"{name} has dtype {tensor.dtype}, but redfield.torch works in double precision alone: make it float64 or "
            f"complex128, {name}.double() or {name}.cdouble()"
        )
    if tensor.dtype.is_complex and complex_valued is False:
        raise TypeError(f"{name} must be real numbers, got dtype {tensor.dtype}")
    if complex_valued is None:
        return tensor.to(torch.float64) if exact else tensor
    return tensor.to(torch.complex128 if complex_valued else torch.float64)


def constant(name: str, array: Any) -> Any:
    """Return a tensor whose derivative, where one is asked for, is refused by its name."""
    return _Constant.apply(name, array)


def solution(problem: Problem, arrays: Sequence[Any]) -> Any:
    """Return the answer of a problem, a function with a derivative in reverse."""
    return _Solution.apply(problem, *arrays)


class _Solution(torch.autograd.Function):  # type: ignore[misc]
    """The answer of a problem; tensors may have leading axes, as stacks have."""

    @staticmethod
    def forward(problem: Problem, *tensors: Any) -> Any:
        return torch.from_numpy(np.array(problem.solve(*map(_numpy, tensors))))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.problem, tensors = inputs[0], inputs[1:]
        ctx.save_for_backward(*tensors, *((output,) if ctx.problem.keeps_answer else ()))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> tuple[Any, ...]:
        kept = ctx.saved_tensors
        return (None, *_Reverse.apply(ctx.problem, 0, *kept, gradient))

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], problem: Problem, *tensors: Any) -> Any:
        return _Solution.apply(problem, *_stacked(tensors, in_dims[1:])), 0


class _Reverse(torch.autograd.Function):  # type: ignore[misc]
    """The gradients of a problem with respect to its arguments, whose own derivatives are refused.

    Of the leading axes the first `mapped` are those of a vmap over gradients, which gives one to each call; along the
    others the gradients with respect to what calls share are added.
    """

    @staticmethod
    def forward(problem: Problem, mapped: int, *tensors: Any) -> tuple[Any, ...]:
        found = problem.reverse(*map(_numpy, tensors))
        given = tensors[: len(found)]
        return tuple(
            _summed(torch.from_numpy(np.array(g)), x, mapped) for g, x in zip(found, given, strict=True)
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Nothing is kept."""

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise TypeError(
            "redfield.torch has first derivatives only: the gradient itself can not be differentiated"
        )

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, ...], problem: Problem, mapped: int, *tensors: Any
    ) -> Any:
        found = _Reverse.apply(problem, mapped + 1, *_stacked(tensors, in_dims[2:]))
        return found, (0,) * len(found)


class _Constant(torch.autograd.Function):  # type: ignore[misc]
    """A tensor as it is, with respect to which there is no derivative."""

    generate_vmap_rule = True

    @staticmethod
    def forward(name: str, tensor: Any) -> Any:
        return tensor.view_as(tensor)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.name = inputs[0]

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        raise TypeError(
            f"there is no derivative with respect to {ctx.name}, a constant here: hold it by {ctx.name}.detach()"
        )


def _numpy(tensor: Any) -> Any:
    return tensor.detach().resolve_conj().resolve_neg().numpy()


def _stacked(tensors: Sequence[Any], in_dims: Sequence[int | None]) -> list[Any]:
    """Return tensors with one more leading axis, of length 1 for those that all calls share."""
    return [
        x.unsqueeze(0) if dim is None else x.movedim(dim, 0)
        for x, dim in zip(tensors, in_dims, strict=True)
    ]


def _summed(gradient: Any, like: Any, mapped: int) -> Any:
    """Return a gradient of the type of its tensor, added along the leading axes along which all calls share it."""
    for axis in range(mapped, gradient.ndim):
        if gradient.shape[axis] != like.shape[axis]:
            gradient = gradient.sum(axis, keepdim=True)
    return gradient.to(like.dtype)
