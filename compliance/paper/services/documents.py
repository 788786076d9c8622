"""Taking files: checked by content, stored privately, once per supplier."""

from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from accounts.access import require
from accounts.models import User
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.models import Document, DocumentStatus
from compliance.paper.services.files import Checked, check_upload
from suppliers.models import Supplier


def upload_document(*, supplier: Supplier, file: UploadedFile, actor: User, at: datetime) -> Document:
    """Keep a file of a supplier's products. The same file again is the document that is there already.

    Raises InvalidInput on `file` for what is not kept, NotAllowed.
    """
    require(actor, "compliance.upload_evidence")
    checked = check_upload(file)  # takes seconds; no transaction is open meanwhile
    return _keep(supplier, file, checked, actor, at)


@one_transaction()
def _keep(supplier: Supplier, file: UploadedFile, checked: Checked, actor: User, at: datetime) -> Document:
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier.pk)
    if there := supplier.documents.filter(sha256=checked.sha256).first():
        return there
    document = Document(
        supplier=supplier,
        name=(file.name or "")[-200:],
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        pages=checked.pages,
        problems=list(checked.problems),
        status=DocumentStatus.WAITING if getattr(settings, "CLAMD_URL", "") else DocumentStatus.READY,
        uploaded_by=actor,
        uploaded_at=at,
    )
    document.file.save(str(document.uid), file, save=False)
    document.save()
    record_event(
        "document.uploaded",
        f"document:{document.uid}",
        at=at,
        actor=actor,
        document=str(document.uid),
        supplier=supplier.code,
        name=document.name,
        sha256=document.sha256,
        problems=document.problems,
    )
    return document
