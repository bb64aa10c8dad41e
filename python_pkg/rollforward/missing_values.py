"""Conditions in which a missing value is other than every text, as it is a group of its own."""

from __future__ import annotations

from sqlglot import exp

from rollforward.fragments import COMPARISONS


def keeping_nulls(node: exp.Expr, nullable: frozenset[str]) -> exp.Expr:
    """Give a condition that keeps the rows without a value.

    SQL drops the rows in which `plan <> 'internal'` compares nothing with a text; so what is denied becomes
    `(plan <> 'internal' or plan is null)`. Where the user says coalesce, the user has decided.
    """
    match node:
        case exp.And() | exp.Or() | exp.Paren():
            for key, part in list(node.args.items()):
                if isinstance(part, exp.Expr):
                    node.set(key, keeping_nulls(part, nullable))
            return node
        case exp.NEQ():
            return _or_missing(node, node, nullable)
        case exp.Not() if isinstance(node.this.unnest(), exp.Is):
            return node
        case exp.Not():
            denied = node.this.unnest()
            if isinstance(denied, COMPARISONS) and not isinstance(denied, exp.NEQ):
                return _or_missing(node, denied, nullable)
            kept = exp.paren(keeping_nulls(denied, nullable), copy=False)
            return exp.Not(this=exp.Coalesce(this=kept, expressions=[exp.false()]))
        case _:
            return node


def keeping_nulls_within(tree: exp.Expr, nullable: frozenset[str]) -> exp.Expr:
    """Do the same with every condition of the `case` expressions in a tree."""
    for branch in list(tree.find_all(exp.If)):
        branch.set("this", keeping_nulls(branch.this, nullable))
    return tree


def _or_missing(node: exp.Expr, compared: exp.Expr, nullable: frozenset[str]) -> exp.Expr:
    columns = {
        column.name: column
        for column in compared.find_all(exp.Column)
        if column.name in nullable and column.find_ancestor(exp.Coalesce) is None
    }
    if not columns:
        return node
    if isinstance(compared, exp.In) and any(each.find(exp.Column) for each in compared.expressions):
        # With one column missing, another can still be in the list.
        return exp.Not(this=exp.Coalesce(this=compared.copy(), expressions=[exp.false()]))
    missing = [exp.Is(this=column.copy(), expression=exp.Null()) for column in columns.values()]
    return exp.paren(exp.or_(node, *missing, wrap=False, copy=False), copy=False)
