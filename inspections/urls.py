"""The addresses of this app: pages, and what the API adds below /api/v1/."""

from inspections.batch import urls as batch
from inspections.calculator import urls as calculator
from inspections.doubt import urls as doubt
from inspections.finding import urls as finding
from inspections.gauge import urls as gauge
from inspections.hold import urls as hold
from inspections.home import urls as home
from inspections.inspection import urls as inspection
from inspections.ladder import urls as ladder
from inspections.offline import urls as offline
from inspections.photo import urls as photo
from inspections.pilot import urls as pilot
from inspections.returns import urls as returns
from inspections.sample import urls as sample
from inspections.specification import urls as specification
from inspections.switching import urls as switching

urlpatterns = [
    *calculator.urlpatterns,
    *doubt.urlpatterns,
    *photo.urlpatterns,
    *gauge.urlpatterns,
    *specification.urlpatterns,
    *sample.urlpatterns,
    *hold.urlpatterns,
    *finding.urlpatterns,
    *pilot.urlpatterns,
    *switching.urlpatterns,
    *returns.urlpatterns,
    *ladder.urlpatterns,
    *inspection.urlpatterns,
    *batch.urlpatterns,
    *offline.urlpatterns,
    *home.urlpatterns,
]
api_urlpatterns = [
    *calculator.api_urlpatterns,
    *doubt.api_urlpatterns,
    *photo.api_urlpatterns,
    *gauge.api_urlpatterns,
    *specification.api_urlpatterns,
    *sample.api_urlpatterns,
    *hold.api_urlpatterns,
    *finding.api_urlpatterns,
    *pilot.api_urlpatterns,
    *switching.api_urlpatterns,
    *returns.api_urlpatterns,
    *ladder.api_urlpatterns,
    *inspection.api_urlpatterns,
    *batch.api_urlpatterns,
]
