"""A form that has one effect, however often its button is pressed (R7)."""

import hashlib
import uuid

from django import forms

from accounts.models import User
from activity.api import claim_key


class OnceForm(forms.Form):
    """Carries a key of its own. Claim it in the transaction of the effect; a second claim says False."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def claim(self, user: User) -> bool:
        key = f"form:{self.cleaned_data['key']}"
        return claim_key(user, key, hashlib.sha256(key.encode()).digest())
