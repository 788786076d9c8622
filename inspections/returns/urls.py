from django.urls import path

from inspections.returns.api import proposals as proposals_api
from inspections.returns.api import returns as returns_api
from inspections.returns.views import products, returns

urlpatterns = [
    path("products/<text:sku>/returns/", products.product_returns, name="product-returns"),
    path("proposals/<uuid:uid>/accept/", products.proposal_accept, name="proposal-accept"),
    path("proposals/<uuid:uid>/dismiss/", products.proposal_dismiss, name="proposal-dismiss"),
    path("returns/", returns.return_week, name="return-week"),
    path("returns/+/", returns.return_create, name="return-create"),
    path("returns/records/", returns.return_list, name="return-list"),
    path("returns/<uuid:uid>/correct/", returns.return_correct, name="return-correct"),
    path("returns/<uuid:uid>/withdraw/", returns.return_withdraw, name="return-withdraw"),
    path("returns/<uuid:uid>/", returns.return_detail, name="return-detail"),
]

api_urlpatterns = [
    path("products/<text:sku>/returns/", proposals_api.ProductReturns.as_view(), name="api-product-returns"),
    path("returns/", returns_api.ReturnList.as_view(), name="api-return-list"),
    path("returns/weekly/", returns_api.ReturnWeek.as_view(), name="api-return-week"),
    path("returns/<uuid:id>/", returns_api.ReturnOne.as_view(), name="api-return"),
    path("returns/<uuid:id>/withdraw/", returns_api.ReturnWithdraw.as_view(), name="api-return-withdraw"),
    path("returns/<uuid:id>/batch/", returns_api.ReturnBatch.as_view(), name="api-return-batch"),
    path("proposals/", proposals_api.ProposalList.as_view(), name="api-proposal-list"),
    path("proposals/<uuid:id>/accept/", proposals_api.ProposalAccept.as_view(), name="api-proposal-accept"),
    path("proposals/<uuid:id>/dismiss/", proposals_api.ProposalDismiss.as_view(), name="api-proposal-dismiss"),
    path("batches/<text:number>/codes/", returns_api.BatchCodes.as_view(), name="api-batch-codes"),
]
