"""The secret shared with the operator."""

import hashlib
import hmac

from django.conf import settings

from pengcheng.domains.payments.rules import signature


def operator() -> str:
    """Derived from the installation's own key, so that there is no second file to keep."""
    key = hmac.new(settings.PENGCHENG_MASTER_KEY.encode(), b"payments/operator/v1", hashlib.sha256)
    return signature.secret_of(key.digest())
