"""The addresses of this app: pages, and what the API adds below /api/v1/."""

from compliance.board import urls as board
from compliance.catalogue import urls as catalogue
from compliance.checklist import urls as checklist
from compliance.declaration import urls as declaration
from compliance.gate import urls as gate
from compliance.loosening import urls as loosening
from compliance.paper import urls as paper
from compliance.trait import urls as trait
from compliance.waiver import urls as waiver

urlpatterns = [
    *loosening.urlpatterns,
    *waiver.urlpatterns,
    *paper.urlpatterns,
    *declaration.urlpatterns,
    *trait.urlpatterns,
    *catalogue.urlpatterns,
    *gate.urlpatterns,
    *board.urlpatterns,
]
api_urlpatterns = [
    *loosening.api_urlpatterns,
    *checklist.api_urlpatterns,
    *waiver.api_urlpatterns,
    *paper.api_urlpatterns,
    *declaration.api_urlpatterns,
    *trait.api_urlpatterns,
    *catalogue.api_urlpatterns,
    *gate.api_urlpatterns,
    *board.api_urlpatterns,
]
