"""Pages: find through `visible_to` (else 404), check the form, call one service, redirect."""
