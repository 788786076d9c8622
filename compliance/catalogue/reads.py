"""What requirements are called, for those who only name them."""

from compliance.models import Requirement


def requirement_names() -> dict[str, str]:
    """Requirement key -> its name in the reader's language. One statement."""
    return {
        requirement.key: requirement.local_name for requirement in Requirement.objects.only("key", "name", "name_zh")
    }
