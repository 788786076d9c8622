from inspections.models.batch import MAX_QUANTITY, Batch, BatchState, Shipment
from inspections.models.hold import (
    Disposition,
    DispositionKind,
    Hold,
    HoldReason,
    HoldResponse,
    HoldStatus,
    ResponseFile,
)
from inspections.models.imports import Import, ImportKind, ImportStatus
from inspections.models.inspection import (
    CartonRule,
    Inspection,
    InspectionStatus,
    Result,
    Verdict,
)
from inspections.models.photo import Photo, PhotoRefusal, PhotoStatus
from inspections.models.sample import (
    SAMPLE_ASPECTS,
    DropResult,
    Protocol,
    ReferenceComparison,
    Sample,
    SampleCheck,
    SampleStatus,
    TransportTest,
)
from inspections.models.specification import (
    Aspect,
    Characteristic,
    NonconformityClass,
    Specification,
    SpecificationStatus,
)
from inspections.models.switching import SIGNALS, SwitchingStep, SwitchingStepKind

__all__ = [
    "MAX_QUANTITY",
    "SAMPLE_ASPECTS",
    "SIGNALS",
    "Aspect",
    "Batch",
    "BatchState",
    "CartonRule",
    "Characteristic",
    "Disposition",
    "DispositionKind",
    "DropResult",
    "Hold",
    "HoldReason",
    "HoldResponse",
    "HoldStatus",
    "Import",
    "ImportKind",
    "ImportStatus",
    "Inspection",
    "InspectionStatus",
    "NonconformityClass",
    "Photo",
    "PhotoRefusal",
    "PhotoStatus",
    "Protocol",
    "ReferenceComparison",
    "ResponseFile",
    "Result",
    "Sample",
    "SampleCheck",
    "SampleStatus",
    "Shipment",
    "Specification",
    "SpecificationStatus",
    "SwitchingStep",
    "SwitchingStepKind",
    "TransportTest",
    "Verdict",
]
