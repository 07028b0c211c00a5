"""An ONNX graph that is searched for patterns and rewritten."""

from __future__ import annotations

from typing import Any


class Graph:
    """Finds who makes and who reads a value; takes nodes out and puts others in their place."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.constants = {one.name: one for one in graph.initializer}
        self.maker = {name: node for node in graph.node for name in node.output}
        self.users: dict[str, list[Any]] = {}
        for node in graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)
        self._instead: dict[int, list[Any]] = {}

    def value(self, name: str) -> Any:
        """A constant as an array, or None."""
        from onnx import numpy_helper

        return numpy_helper.to_array(self.constants[name]) if name in self.constants else None

    def made_by(self, name: str, kind: str) -> Any:
        """The node that makes a value, if it is of that kind."""
        node = self.maker.get(name)
        return node if node is not None and node.op_type == kind else None

    def only_user(self, name: str, kind: str) -> Any:
        """The one node that reads a value, if it is alone and of that kind."""
        users = self.users.get(name, [])
        return users[0] if len(users) == 1 and users[0].op_type == kind else None

    def constant(self, name: str, array: Any) -> str:
        """A constant of one's own; the same name stands for the same value."""
        from onnx import numpy_helper

        if name not in self.constants:
            self.graph.initializer.append(numpy_helper.from_array(array, name))
            self.constants[name] = self.graph.initializer[-1]
        return name

    def integers(self, *numbers: int) -> str:
        """Integers as a constant, (count,)."""
        import numpy as np

        name = "_".join(("integers", *map(str, numbers)))
        return self.constant(name, np.array(numbers, np.int64))

    def replace(self, nodes: list[Any], by: list[Any]) -> None:
        """Take `nodes` out; `by` stands in the place of the last."""
        for node in nodes:
            self._instead.setdefault(id(node), [])
        self._instead[id(nodes[-1])] = by

    def is_replaced(self, node: Any) -> bool:
        """Whether a rule has dealt with it."""
        return id(node) in self._instead

    def finish(self) -> None:
        """Carry it out, in an order that can be run; drop what nothing needs any more."""
        nodes = [one for node in self.graph.node for one in self._instead.get(id(node), [node])]
        given_names = {one.name for one in self.graph.input}
        maker = {name: node for node in nodes for name in node.output if name not in given_names}
        kept: list[Any] = []
        needed: set[str] = set()
        todo = [maker[output.name] for output in self.graph.output]
        while todo:
            given = [name for name in todo[-1].input if name not in needed]
            wanted = [maker[name] for name in given if name in maker]
            if wanted:
                todo += wanted
                continue
            node = todo.pop()
            needed.update(given)
            if not needed.issuperset(node.output):
                kept.append(node)
                needed.update(node.output)
        constants = [one for one in self.graph.initializer if one.name in needed]
        for field, values in (("node", kept), ("initializer", constants), ("value_info", [])):
            self.graph.ClearField(field)
            getattr(self.graph, field).extend(values)


def other(node: Any, name: str) -> str:
    """The other input of a node with two."""
    return str(node.input[1] if node.input[0] == name else node.input[0])
