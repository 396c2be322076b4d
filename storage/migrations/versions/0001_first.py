"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), server_default="stopped", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.String(), server_default="", nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("target", sa.String(), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("fallback", sa.BigInteger(), nullable=True),
        sa.Column("dead_at", sa.BigInteger(), nullable=True),
        sa.Column("dead_why", sa.String(), nullable=True),
        sa.Column("migrated_to", sa.BigInteger(), nullable=True),
        sa.Column("quiet_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
    )
    op.create_table(
        "clients",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("search", sa.String(), server_default="", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("redirect", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("learned_address", sa.String(), nullable=True),
        sa.Column("learned_times", sa.Integer(), server_default="0", nullable=False),
        sa.Column("admin_url", sa.String(), nullable=True),
        sa.Column("licman", sa.String(), nullable=True),
        sa.Column("contract_end", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("freshness", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("contacts", sa.Text(), nullable=True),
        sa.Column("sends_uploads", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("lists", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('server', 'cloud', 'closed', 'online')", name=op.f("ck_clients_kind_known")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clients")),
    )
    op.create_index("ix_clients_manager", "clients", ["manager"], unique=False)
    op.create_index("ix_clients_redirect", "clients", ["redirect"], unique=False)
    op.create_table(
        "health",
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("successes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("recent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("known", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("state IN ('ok', 'fail', 'unknown', 'flapping')", name=op.f("ck_health_state_known")),
        sa.CheckConstraint(
            "subject_kind IN ('client', 'redirect', 'chat', 'self')", name=op.f("ck_health_subject_kind_known")
        ),
        sa.PrimaryKeyConstraint("subject_kind", "subject_name", "code", name=op.f("pk_health")),
    )
    op.create_index(
        "ix_health_not_ok",
        "health",
        ["state"],
        unique=False,
        sqlite_where=sa.text("state IN ('fail', 'flapping')"),
        postgresql_where=sa.text("state IN ('fail', 'flapping')"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("hold_until", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_by", sa.BigInteger(), nullable=True),
        sa.Column("handed_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("state IN ('open', 'ended')", name=op.f("ck_incidents_state_known")),
        sa.ForeignKeyConstraint(["merged_into"], ["incidents.id"], name=op.f("fk_incidents_merged_into_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_incidents_one_open_a_cause",
        "incidents",
        ["cause"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_incidents_state", "incidents", ["state", "opened_at"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('admin', 'head', 'support', 'manager', 'viewer')", name=op.f("ck_invitations_role_known")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invitations")),
    )
    op.create_table(
        "looks",
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("elapsed", sa.Float(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('domain', 'redirect', 'installation', 'licman', 'reference')", name=op.f("ck_looks_kind_known")
        ),
        sa.CheckConstraint(
            "subject_kind IN ('client', 'redirect', 'chat', 'self')", name=op.f("ck_looks_subject_kind_known")
        ),
        sa.PrimaryKeyConstraint("subject_kind", "subject_name", "kind", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_due_at", "looks", ["due_at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('admin', 'head', 'support', 'manager', 'viewer')", name=op.f("ck_people_role_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.Column("applied_by", sa.BigInteger(), nullable=True),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "redirects",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("contacts", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_redirects")),
    )
    op.create_table(
        "storms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(), server_default="", nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storms")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_storms_one_open_a_chat",
        "storms",
        ["chat_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "transitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index("ix_transitions_at", "transitions", ["at"], unique=False)
    op.create_index("ix_transitions_subject", "transitions", ["subject_kind", "subject_name", "at"], unique=False)
    op.create_table(
        "updates",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
    )
    op.create_table(
        "accesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("catalogue", sa.String(), server_default="", nullable=False),
        sa.Column("scheme", sa.String(), server_default="http", nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("list", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_accesses_client_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
        sa.UniqueConstraint("host", "catalogue", "login", name=op.f("uq_accesses_host_catalogue_login")),
    )
    op.create_table(
        "arrivals",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("good_at", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("file", sa.String(), server_default="", nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_arrivals_client_clients")),
        sa.PrimaryKeyConstraint("client", "kind", name=op.f("pk_arrivals")),
    )
    op.create_index("ix_arrivals_heard_at", "arrivals", ["kind", "heard_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("digest", sa.String(), server_default="", nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_messages_incident_id_incidents")),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_incident_id", "messages", ["incident_id", "chat_id"], unique=False)
    op.create_index("ix_messages_sent_at", "messages", ["chat_id", "sent_at"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("dealer", sa.String(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("broken", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_reports_client_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("client", "kind", "digest", name=op.f("uq_reports_client_kind_digest")),
    )
    op.create_index("ix_reports_client", "reports", ["client", "kind", "received_at"], unique=False)
    op.create_table(
        "routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("redirect", sa.String(), nullable=True),
        sa.Column("clients", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("priorities", sa.JSON(), server_default="[1, 2, 3]", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('technical', 'business', 'own', 'admin')", name=op.f("ck_routes_kind_known")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_routes_chat_id_chats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
    )
    op.create_index("ix_routes_chat_id", "routes", ["chat_id"], unique=False)
    op.create_table(
        "silences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("last_matched_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("scope IN ('client', 'cause', 'code')", name=op.f("ck_silences_scope_known")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_silences_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_silences_ended_at", "silences", ["ended_at"], unique=False)
    op.create_table(
        "symptoms",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.Column("flapping", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_symptoms_incident_id_incidents")),
        sa.PrimaryKeyConstraint("incident_id", "subject_kind", "subject_name", "code", name=op.f("pk_symptoms")),
    )
    op.create_index("ix_symptoms_subject", "symptoms", ["subject_kind", "subject_name"], unique=False)
    op.create_table(
        "timeline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_timeline_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    op.create_index("ix_timeline_incident_id", "timeline", ["incident_id", "at"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=True),
        sa.Column("dealer", sa.String(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_tokens_client_clients")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tokens")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("silence_id", sa.Integer(), nullable=True),
        sa.Column("storm_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owed_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeat", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("fresh", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state IN ('owed', 'sending', 'delivered', 'unknown', 'folded', 'muted', 'buried')",
            name=op.f("ck_outbox_state_known"),
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_outbox_incident_id_incidents")),
        sa.ForeignKeyConstraint(["silence_id"], ["silences.id"], name=op.f("fk_outbox_silence_id_silences")),
        sa.ForeignKeyConstraint(["storm_id"], ["storms.id"], name=op.f("fk_outbox_storm_id_storms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_chat_id",
        "outbox",
        ["chat_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
    )
    op.create_index("ix_outbox_incident_id", "outbox", ["incident_id", "chat_id"], unique=False)
    op.create_index("ix_outbox_storm_id", "outbox", ["storm_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_storm_id", table_name="outbox")
    op.drop_index("ix_outbox_incident_id", table_name="outbox")
    op.drop_index(
        "ix_outbox_due",
        table_name="outbox",
        sqlite_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
    )
    op.drop_index(
        "ix_outbox_chat_id",
        table_name="outbox",
        sqlite_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
    )
    op.drop_table("outbox")
    op.drop_table("tokens")
    op.drop_index("ix_timeline_incident_id", table_name="timeline")
    op.drop_table("timeline")
    op.drop_index("ix_symptoms_subject", table_name="symptoms")
    op.drop_table("symptoms")
    op.drop_index("ix_silences_ended_at", table_name="silences")
    op.drop_table("silences")
    op.drop_index("ix_routes_chat_id", table_name="routes")
    op.drop_table("routes")
    op.drop_index("ix_reports_client", table_name="reports")
    op.drop_table("reports")
    op.drop_index("ix_messages_sent_at", table_name="messages")
    op.drop_index("ix_messages_incident_id", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_arrivals_heard_at", table_name="arrivals")
    op.drop_table("arrivals")
    op.drop_table("accesses")
    op.drop_table("updates")
    op.drop_index("ix_transitions_subject", table_name="transitions")
    op.drop_index("ix_transitions_at", table_name="transitions")
    op.drop_table("transitions")
    op.drop_index(
        "ix_storms_one_open_a_chat",
        table_name="storms",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("storms")
    op.drop_table("redirects")
    op.drop_table("proposals")
    op.drop_table("people")
    op.drop_table("meta")
    op.drop_index("ix_looks_due_at", table_name="looks")
    op.drop_table("looks")
    op.drop_table("invitations")
    op.drop_index("ix_incidents_state", table_name="incidents")
    op.drop_index(
        "ix_incidents_one_open_a_cause",
        table_name="incidents",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("incidents")
    op.drop_index(
        "ix_health_not_ok",
        table_name="health",
        sqlite_where=sa.text("state IN ('fail', 'flapping')"),
        postgresql_where=sa.text("state IN ('fail', 'flapping')"),
    )
    op.drop_table("health")
    op.drop_index("ix_clients_redirect", table_name="clients")
    op.drop_index("ix_clients_manager", table_name="clients")
    op.drop_table("clients")
    op.drop_table("chats")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")
    op.drop_table("absences")
