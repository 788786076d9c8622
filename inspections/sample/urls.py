from django.urls import path

from inspections.sample.api import details as details_api
from inspections.sample.api import life as life_api
from inspections.sample.api import photos as photos_api
from inspections.sample.api import samples as samples_api
from inspections.sample.views import checks, life, samples

urlpatterns = [
    path("samples/", samples.sample_list, name="sample-list"),
    path("samples/+/", samples.sample_create, name="sample-create"),
    path("samples/<uuid:uid>/", samples.sample_detail, name="sample-detail"),
    path("samples/<uuid:uid>/check/", checks.sample_check, name="sample-check"),
    path("samples/<uuid:uid>/edit/", samples.sample_edit, name="sample-edit"),
    path("samples/<uuid:uid>/decide/", samples.sample_decide, name="sample-decide"),
    path("samples/<uuid:uid>/move/", samples.sample_move, name="sample-move"),
    path("samples/<uuid:uid>/cancel/", life.sample_cancel, name="sample-cancel"),
    path("samples/<uuid:uid>/withdraw/", life.sample_withdraw, name="sample-withdraw"),
    path("samples/<uuid:uid>/further/", life.sample_further, name="sample-further"),
    path("samples/<uuid:uid>/further/sign/", life.sample_further_sign, name="sample-further-sign"),
    path("samples/<uuid:uid>/label/", samples.sample_label, name="sample-label"),
    path("products/<text:sku>/samples/", samples.product_samples, name="product-samples"),
]

api_urlpatterns = [
    path("samples/", samples_api.SampleList.as_view(), name="api-sample-list"),
    path("samples/<uuid:id>/", details_api.SampleOne.as_view(), name="api-sample"),
    path("samples/<uuid:id>/move/", details_api.SampleMove.as_view(), name="api-sample-move"),
    path("samples/<uuid:id>/transport/", details_api.SampleTransport.as_view(), name="api-sample-transport"),
    path("samples/<uuid:id>/drops/", details_api.SampleDrops.as_view(), name="api-sample-drops"),
    path("samples/<uuid:id>/checks/", samples_api.SampleChecks.as_view(), name="api-sample-checks"),
    path("samples/<uuid:id>/checks/<text:code>/", life_api.SampleCheckOne.as_view(), name="api-sample-check"),
    path("samples/<uuid:id>/drops/<int:number>/", life_api.SampleDropOne.as_view(), name="api-sample-drop"),
    path("samples/<uuid:id>/cancel/", life_api.SampleCancel.as_view(), name="api-sample-cancel"),
    path("samples/<uuid:id>/withdraw/", life_api.SampleWithdraw.as_view(), name="api-sample-withdraw"),
    path("samples/<uuid:id>/further/", life_api.SampleFurther.as_view(), name="api-sample-further"),
    path("samples/<uuid:id>/further/sign/", life_api.SampleFurtherSign.as_view(), name="api-sample-further-sign"),
    path("samples/<uuid:id>/submit/", samples_api.SampleSubmit.as_view(), name="api-sample-submit"),
    path("samples/<uuid:id>/decide/", samples_api.SampleDecide.as_view(), name="api-sample-decide"),
    path("samples/<uuid:id>/photos/", photos_api.SamplePhotos.as_view(), name="api-sample-photos"),
]
