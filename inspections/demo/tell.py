"""All that happened before the demo begins, chapter by chapter."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.utils.module_loading import import_string

from accounts.models import User
from activity.models import Delivery, DeliveryStatus
from inspections.demo import catalogue, chapters, ladder
from inspections.demo.batches import boards, cans, computers, kettles, primer
from inspections.demo.boxes import tell_boxes
from inspections.demo.pilots import tell_pilots
from inspections.demo.returns import tell_returns
from inspections.demo.samples import tell_samples
from inspections.demo.story import Story
from inspections.specification.services.versions import activate_specification, draft_specification
from suppliers.models import Category, Membership, Supplier
from suppliers.services import create_product, create_supplier


def make_users() -> dict[str, User]:
    users = {}
    for name, (role, _supplier) in catalogue.USERS.items():
        is_admin = name == "admin"
        user = User.objects.create_user(
            name, f"{name}@example.com", catalogue.PASSWORD, is_staff=is_admin, is_superuser=is_admin
        )
        user.groups.add(Group.objects.get(name=role))
        users[name] = user
    return users


def make_catalogue(users: dict[str, User], at: datetime) -> None:
    """Suppliers with their people, products, and specifications."""
    manager = users["manager"]
    for code, (name, name_zh) in catalogue.SUPPLIERS.items():
        mail = f"{code.lower()}@example.com"
        create_supplier(code=code, name=name, name_zh=name_zh, contact_email=mail, actor=manager, at=at)
    for name, (_role, supplier) in catalogue.USERS.items():
        if supplier:
            Membership.objects.create(supplier=Supplier.objects.get(code=supplier), user=users[name])
    for sku, (supplier, category, name, name_zh, markets) in catalogue.PRODUCTS.items():
        product = create_product(
            sku=sku,
            name=name,
            name_zh=name_zh,
            supplier=Supplier.objects.get(code=supplier),
            category=Category.objects.get(code=category),
            markets=markets,
            merchandiser=users["merchandiser"],
            model_code=catalogue.MODELS.get(sku, ""),
            actor=manager,
            at=at,
        )
        if sku in catalogue.SCHEMES:
            draft = draft_specification(
                product=product,
                characteristics=catalogue.CHARACTERISTICS[sku],
                scheme=catalogue.SCHEMES[sku],
                actor=manager,
                at=at,
            )
            activate_specification(specification=draft, actor=manager, at=at)


def tell(now: datetime) -> None:
    """Make all of it, as if it had happened in the weeks before `now`."""
    users = make_users()
    story = Story(users, now)
    make_catalogue(users, story.days_ago(45))
    tell_samples(story)
    tell_pilots(story)
    cans(story)
    boards(story)
    computers(story)
    primer(story)
    ladder.tell_history(story)
    kettles(story)
    ladder.tell_what_is_normal(story)
    tell_boxes(story)
    tell_returns(story)
    for chapter in chapters:
        import_string(chapter)(users, now)
    # Nobody wants a mail about each of the past weeks' holds.
    Delivery.objects.filter(due_at__lt=now).update(status=DeliveryStatus.DONE, done_at=now)
