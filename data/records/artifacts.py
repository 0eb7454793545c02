"""What kinds of things are worth keeping of a model, and what is described in its archive because it is not copied."""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record


class ArtifactClass(StrEnum):
    """What an artifact is to whoever reads the archive years later. Words of catalogs, policies and waivers.

    After the parts of a model card (Mitchell et al. 2019, arXiv:1810.03993) and of what MLflow keeps of a run.
    """

    WEIGHTS = "weights"
    CODE = "code"
    DATA = "data"
    HYPERPARAMETERS = "hyperparameters"
    PREPROCESSING = "preprocessing"
    METRICS = "metrics"
    DASHBOARD = "dashboard"
    CARD = "card"
    LINEAGE = "lineage"
    INFERENCE_LOGS = "inference-logs"
    OTHER = "other"


VALUES_MAX, VALUE_MAX = 200, 600
"""Of one run: they are part of the plan that people vote on. Real runs have some fifty, of a few letters each."""


class Classed(Record, frozen=True, kw_only=True):
    """Of an artifact, by its URI, what it is. One that nobody classes is taken for weights, as all were before."""

    uri: str
    of: ArtifactClass


class Reference(Record, frozen=True, kw_only=True):
    """Something of a model that is described in its archive, where a copy makes no sense: a commit, a dashboard.

    what     what it is, in words: "git commit", "dataset", "container image"
    where    its address; empty where only a name is told
    name     what it is called there
    version  which of several; a commit, a version of a dataset, a run
    digest   as its source tells it
    on       the day of which that is told, "2026-03-02"; empty where its source does not say
    values   names and values, of parameters and metrics
    """

    of: ArtifactClass
    what: str
    where: str = ""
    name: str = ""
    version: str = ""
    digest: str = ""
    on: str = ""
    values: tuple[tuple[str, str], ...] = ()


def class_of(uri: str, classes: tuple[Classed, ...]) -> ArtifactClass:
    return next((one.of for one in classes if one.uri == uri), ArtifactClass.WEIGHTS)
