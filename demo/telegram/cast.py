"""Who lives in the embedded chat: people, groups with topics, and the bot's own name."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody with a Telegram account; ``started`` means that they have pressed Start in the bot's private chat."""

    id: int
    name: str
    role: str
    title: str = ""
    username: str = ""
    language: str = "ru"
    started: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    id: int
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A supergroup; with topics it is a forum, whose General topic has no number of its own in messages."""

    id: int
    title: str
    members: tuple[int, ...]
    admins: tuple[int, ...] = ()
    topics: tuple[Topic, ...] = ()
    bot: str = "administrator"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    people: tuple[Person, ...]
    groups: tuple[Group, ...] = ()
    bot_name: str = "СМАРТ-бот"
    bot_username: str = "smart_te_bot"
    by_id: dict[int, Person] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {person.id: person for person in self.people})


ANNA = Person(id=1001, name="Анна", role="support", title="техподдержка", username="anna_support")
IGOR = Person(id=1002, name="Игорь", role="support", title="техподдержка", username="igor_support")
OLGA = Person(id=1003, name="Ольга", role="manager", title="менеджер", username="olga_manager")
ADMIN = Person(id=1004, name="Администратор", role="admin", title="настройка", username="te_admin")
STRANGER = Person(id=1005, name="Прохожий", role="stranger", title="без роли", username="passer_by")

SUPPORT = Group(
    id=-1001000000001,
    title="Техподдержка",
    members=(ANNA.id, IGOR.id, ADMIN.id, STRANGER.id),
    admins=(ADMIN.id,),
    topics=(Topic(id=2, title="Аварии"), Topic(id=3, title="Вопросы и ответы")),
)

CAST = Cast(people=(ANNA, IGOR, OLGA, ADMIN, STRANGER), groups=(SUPPORT,))
