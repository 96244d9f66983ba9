"""Declarations: YAML read with positions, checked against schemas made from dataclasses, explained in sentences."""

from xirang.foundation.declarations.document import Document, Limits, pointer, read_yaml
from xirang.foundation.declarations.finding import Finding, Title, did_you_mean, has_errors, nearest
from xirang.foundation.declarations.shapes import build, part, schema_of
from xirang.foundation.declarations.validation import validate
from xirang.foundation.declarations.values import ChoiceValue, DatedEntry, ValueSpec, read_values, values_schema

__all__ = [
    "ChoiceValue",
    "DatedEntry",
    "Document",
    "Finding",
    "Limits",
    "Title",
    "ValueSpec",
    "build",
    "did_you_mean",
    "has_errors",
    "nearest",
    "part",
    "pointer",
    "read_values",
    "read_yaml",
    "schema_of",
    "validate",
    "values_schema",
]
