"""Runs each Conversation operation of the official Python SDK against the sandbox."""

import unittest

from sinch.domains.conversation.api.v1.exceptions import ConversationException

from world import NUMBER, Receiver, apps, contacts, control, create_app, create_webhook, delivered, messages

ULID = "^[0-9A-HJKMNP-TV-Z]{26}$"
RECIPIENT = [{"channel": "WHATSAPP", "identity": NUMBER}, {"channel": "SMS", "identity": NUMBER}]
CHOICES = [{"text_message": {"text": "Yes"}, "postback_data": "yes"}]
CARD = {"title": "Table 4", "description": "By the window", "choices": CHOICES}


class Peer(unittest.TestCase):
    def refused(self, status, function, **arguments):
        with self.assertRaises(ConversationException) as caught:
            function(**arguments)
        self.assertEqual(caught.exception.http_response.status_code, status)
        return caught.exception.http_response.body["error"]


class Apps(Peer):
    def test_apps(self):
        created = create_app(display_name="Tables", retention_policy={"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 7})
        self.assertRegex(created.id, ULID)
        self.assertEqual(created.retention_policy.ttl_days, 7)
        self.assertEqual(created.channel_credentials.sms.state.status, "ACTIVE")
        self.assertEqual(apps.get(app_id=created.id).display_name, "Tables")
        self.assertIn(created.id, [app.id for app in apps.list().iterator()])
        updated = apps.update(app_id=created.id, display_name="Chairs")
        self.assertEqual((updated.display_name, updated.processing_mode), ("Chairs", "CONVERSATION"))
        apps.delete(app_id=created.id)
        self.assertEqual(self.refused(404, apps.get, app_id=created.id)["status"], "NOT_FOUND")


class Contacts(Peer):
    def create(self, *numbers, **fields):
        identities = [{"channel": channel, "identity": number} for channel, number in numbers]
        return contacts.create(channel_identities=identities, language="EN_US", **fields)

    def test_contacts(self):
        created = self.create(("SMS", "+46700001101"), external_id="python-1")
        self.assertEqual(created.channel_identities[0].identity, "46700001101")
        self.assertEqual(contacts.get(contact_id=created.id).display_name, "Unknown")
        found = list(contacts.list(external_id="python-1").iterator())
        self.assertEqual([contact.id for contact in found], [created.id])
        self.assertEqual(contacts.update(contact_id=created.id, display_name="Ada").display_name, "Ada")
        contacts.delete(contact_id=created.id)
        self.refused(404, contacts.get, contact_id=created.id)

    def test_pages(self):
        created = {self.create(("SMS", f"4670000120{index}")).id for index in range(5)}
        listed = [contact.id for contact in contacts.list(page_size=2).iterator()]
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual(created, set(listed))

    def test_merge(self):
        kept, gone = self.create(("SMS", "46700001301")), self.create(("SMS", "46700001302"), ("WHATSAPP", "46700001302"))
        merged = contacts.merge_contact(destination_id=kept.id, source_id=gone.id, strategy="MERGE")
        found = [(identity.channel, identity.identity) for identity in merged.channel_identities]
        self.assertEqual(found, [("SMS", "46700001301"), ("WHATSAPP", "46700001302")])
        self.refused(404, contacts.get, contact_id=gone.id)

    def test_conflicts(self):
        ids = {self.create(("SMS", "46700001401")).id for _ in range(2)}
        conflicts = list(contacts.list_identity_conflicts(page_size=20).iterator())
        conflict = next(found for found in conflicts if found.identity == "46700001401")
        self.assertEqual(set(conflict.contact_ids), ids)
        contacts.delete(contact_id=ids.pop())

    def test_profiles(self):
        app_id = create_app().id
        person = [{"channel": "MESSENGER", "identity": "page-scoped-3"}]
        contact = contacts.create(
            channel_identities=[{**person[0], "app_id": app_id}], language="EN_US")
        ways = [
            (contacts.get_channel_profile, {"recipient": {"identified_by": {"channel_identities": person}}}),
            (contacts.get_channel_profile_by_channel_identity, {"recipient_identities": person}),
            (contacts.get_channel_profile_by_contact_id, {"contact_id": contact.id}),
        ]
        for function, recipient in ways:
            error = self.refused(400, function, app_id=app_id, channel="MESSENGER", **recipient)
            self.assertIn("NO_PROFILE_AVAILABLE", str(error))


class Messages(Peer):
    @classmethod
    def setUpClass(cls):
        cls.app_id = create_app().id

    def send(self, function, **message):
        sent = function(app_id=self.app_id, recipient_identities=RECIPIENT, **message)
        self.assertRegex(sent.message_id, ULID)
        delivered(sent.message_id)
        return messages.get(message_id=sent.message_id)

    def test_kinds(self):
        kinds = {
            "card_message": CARD,
            "carousel_message": {"cards": [CARD, {**CARD, "title": "Table 5"}]},
            "choice_message": {"text_message": {"text": "Coming?"}, "choices": CHOICES},
            "contact_info_message": {
                "name": {"full_name": "Ada Lovelace"}, "phone_numbers": [{"phone_number": "+44700000001"}]},
            "list_message": {"title": "Today", "sections": [{"title": "Soups", "items": [{"choice": {"title": "Tomato"}}]}]},
            "location_message": {"title": "Here", "coordinates": {"latitude": 55.5, "longitude": 13.25}},
            "media_message": {"url": "https://example.com/table.jpg"},
            "template_message": {"channel_template": {"WHATSAPP": {"template_id": "reminder", "language_code": "en_US"}}},
        }
        for kind, message in kinds.items():
            with self.subTest(kind):
                stored = self.send(getattr(messages, f"send_{kind}"), **{kind: message})
                self.assertIsNotNone(getattr(stored.app_message, kind))
        stored = self.send(messages.send_text_message, text="Hello")
        self.assertEqual(stored.app_message.text_message.text, "Hello")
        stored = self.send(messages.send, message={"text_message": {"text": "Any kind"}}, ttl=30)
        self.assertEqual(stored.app_message.text_message.text, "Any kind")

    def test_stored(self):
        message = self.send(messages.send_text_message, text="Remember", message_metadata="old")
        listed = list(messages.list(conversation_id=message.conversation_id, page_size=2).iterator())
        self.assertEqual(listed[0].id, message.id)
        last = list(messages.list_last_messages_by_channel_identity(contact_ids=[message.contact_id]).iterator())
        self.assertEqual([found.id for found in last], [message.id])
        self.assertEqual(messages.update(message_id=message.id, metadata="new").metadata, "new")
        messages.delete(message_id=message.id)
        self.refused(404, messages.get, message_id=message.id)

    def test_wrong(self):
        error = self.refused(
            400, messages.send_text_message, app_id="no ULID", text="Hello", recipient_identities=RECIPIENT)
        self.assertEqual(error["details"][0]["field_violations"][0]["field"], "app_id")


class Webhooks(Peer):
    def test_events(self):
        app_id = create_app().id
        with Receiver() as receiver:
            create_webhook(app_id, receiver.url, ["MESSAGE_DELIVERY", "MESSAGE_INBOUND", "MESSAGE_SUBMIT"])
            sent = messages.send_text_message(
                app_id=app_id, text="Hello", recipient_identities=RECIPIENT, message_metadata="mine")
            event = receiver.next(lambda event: hasattr(event, "message_submit_notification"))
            self.assertEqual(event.message_submit_notification.message_id, sent.message_id)
            event = receiver.next(lambda event: hasattr(event, "message_delivery_report"))
            self.assertEqual(event.message_delivery_report.metadata, "mine")
            control("handset", {"app_id": app_id, "channel": "SMS", "identity": NUMBER, "text": "Hi there"})
            event = receiver.next(lambda event: hasattr(event, "message"))
            self.assertEqual(event.message.contact_message.text_message.text, "Hi there")


class Whole(Peer):
    # Sorted last by its name, so that everything else has run.
    def test_every_method_was_called(self):
        for api in (apps, contacts, messages):
            self.assertEqual(api.never_called(), [])


if __name__ == "__main__":
    unittest.main()
