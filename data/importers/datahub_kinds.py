"""What the entities of DataHub are to us, and which fields of their aspects name what they depend on.

Aspects are called as in proposals, lower-case.
Source: the generated pages of docs.datahub.com/docs/metadata-modeling/metadata-model, one for each entity
"""

from __future__ import annotations

from typing import NamedTuple

from data.records.catalog import Kind


class Described(NamedTuple):
    """What an entity of DataHub is to us, and which field of which aspect has its title."""

    kind: Kind
    aspect: str
    title: str


KINDS = {
    "mlmodelgroup": Described(Kind.MODEL, "mlmodelgroupproperties", "name"),
    "mlmodel": Described(Kind.MODEL, "mlmodelproperties", "name"),
    "mlmodeldeployment": Described(Kind.ENDPOINT, "mlmodeldeploymentproperties", "name"),
    "dataset": Described(Kind.DATASET, "datasetproperties", "name"),
    "mlfeature": Described(Kind.DATASET, "mlfeatureproperties", "name"),
    "mlfeaturetable": Described(Kind.DATASET, "mlfeaturetableproperties", "name"),
    "mlprimarykey": Described(Kind.DATASET, "mlprimarykeyproperties", "name"),
    "datajob": Described(Kind.PIPELINE, "datajobinfo", "name"),
    "dataflow": Described(Kind.PIPELINE, "dataflowinfo", "name"),
    "dataprocessinstance": Described(Kind.PIPELINE, "dataprocessinstanceproperties", "name"),
    "dashboard": Described(Kind.DASHBOARD, "dashboardinfo", "title"),
    "chart": Described(Kind.DASHBOARD, "chartinfo", "title"),
}


class Relation(NamedTuple):
    """A field that names others: urns, or objects with one under `key`. They depend on it where `is_inverse`."""

    name: str
    key: str = ""
    is_inverse: bool = False


_TO = "destinationUrn"
RELATIONS = {
    "mlmodelproperties": (
        Relation("mlFeatures"),
        Relation("trainingJobs"),
        Relation("downstreamJobs", is_inverse=True),
        Relation("deployments", is_inverse=True),
    ),
    "mlmodelgroupproperties": (
        Relation("trainingJobs"),
        Relation("downstreamJobs", is_inverse=True),
    ),
    "mlfeatureproperties": (Relation("sources"),),
    "mlprimarykeyproperties": (Relation("sources"),),
    "mlfeaturetableproperties": (
        Relation("mlFeatures"),
        Relation("mlPrimaryKeys"),
    ),
    "upstreamlineage": (Relation("upstreams", "dataset"),),
    "datajobinputoutput": (
        Relation("inputDatasets"),
        Relation("inputDatasetEdges", _TO),
        Relation("inputDatajobs"),
        Relation("inputDatajobEdges", _TO),
        Relation("outputDatasets", is_inverse=True),
        Relation("outputDatasetEdges", _TO, is_inverse=True),
    ),
    "dataprocessinstanceinput": (
        Relation("inputs"),
        Relation("inputEdges", _TO),
    ),
    "dataprocessinstanceoutput": (
        Relation("outputs", is_inverse=True),
        Relation("outputEdges", _TO, is_inverse=True),
    ),
    "dataprocessinstancerelationships": (Relation("upstreamInstances"),),
    "chartinfo": (
        Relation("inputs"),
        Relation("inputEdges", _TO),
    ),
    "dashboardinfo": (
        Relation("charts"),
        Relation("chartEdges", _TO),
        Relation("datasets"),
        Relation("datasetEdges", _TO),
        Relation("dashboards", _TO),
    ),
}
READ = frozenset(
    {
        *(described.aspect for described in KINDS.values()),
        *RELATIONS,
        *("ownership", "deprecation", "status", "sourcecode"),
    }
)
"""Of these aspects something is read; those of groups and people are in datahub_people.py."""
