// Every profile on the wire: the real notifier under a clock of the test, against receivers that
// were written from the published guides (tests/e2e/guides.mjs, in Node, none of our code).
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <set>

#include "engine/batch_store/batch_store.hpp"
#include "notify/notifier.hpp"
#include "notify/profile/sample.hpp"
#include "tests/notify/guide_receiver.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::notify {
namespace {

using namespace std::chrono_literals;
using engine::Tx;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Ge;
using testing::GuideReceiver;
using testing::IsOk;
using ::testing::Le;
using ::testing::SizeIs;
namespace json = boost::json;

const TenantId tenant("default");
const TenantId bystander("bystander");
constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// What the guides say, typed in once more: the profiles' files are on trial.
struct Guide {
    std::string profile;
    std::string event;  // of the log, that its receivers hear of
    std::vector<milliseconds> delays;
    double jitter = 0.2;
    std::string failures;  // answers that are none of its successes, the last one for ever
    std::string success;   // a success that is not 200 where it has one
};
const std::vector<milliseconds> exponential{30s, 5min, 30min, 2h, 8h};
const std::vector<milliseconds> native{5s, 5min, 30min, 2h, 5h, 10h, 10h};
const std::vector<Guide> guides{
    {"resell-scan", "batch.completed", exponential, 0.2, "500,404,302", "204"},
    {"reusely", "offer.created", {10min, 30min}, 0, "201,204,500", "200"},
    {"sellapp", "order.completed", exponential, 0.2, "500,400,301", "299"},
    {"resilientlink", "scrape.completed", {}, 0, "204", "200"},
    {"ztrace", "item.completed", exponential, 0.2, "503,500", "202"},
    {"standard-webhooks", "batch.started", native, 0.2, "500,302,400", "204"},
    {"cloudevents", "batch.started", native, 0.2, "500", "202"},
    {"github", "batch.started", {}, 0, "500", "202"},
    {"stripe", "batch.started", native, 0.2, "500", "201"},
    {"svix", "batch.started", native, 0.2, "500", "204"},
    {"shopify", "batch.started", native, 0.2, "500", "200"}};

class GuidesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!GuideReceiver::is_here()) GTEST_SKIP() << "there is no Node.js";
        receiver_.emplace(secret, to_unix_seconds(clock_.now()));
        std::vector<engine::Migration> migrations;
        for (const auto steps : {engine::batch_store::migrations(), notify_store::migrations()})
            migrations.insert(migrations.end(), steps.begin(), steps.end());
        auto database = engine::Database::open({directory_.path(), false, {}}, migrations);
        ASSERT_THAT(database, IsOk());
        database_ = *std::move(database);
        writer_ = std::make_unique<engine::Writer>(*database_, clock_);
        key_.fill(7);
        box_ = std::make_unique<SecretBox>(key_);
        NotifierOptions options;
        options.urls = {true, true, {}};
        options.addresses.allow_loopback = true;
        options.drain = milliseconds(0);
        notifier_ = std::make_unique<Notifier>(
            Notifier::Parts{*database_, *writer_, clock_, random_, *box_, links_}, options);
        writer_->add_listener(*notifier_);
        ASSERT_THAT(notifier_->start(), IsOk());
        Endpoint other;
        other.tenant = bystander;
        other.url = receiver_->url("standard-webhooks", "200", "bystander");
        other.events = {"*"};
        other.secret = Secret::parse(secret).value();
        ASSERT_THAT(notifier_->create(std::move(other)), IsOk());
    }
    void TearDown() override {
        if (notifier_) notifier_->stop();
        if (writer_) writer_->stop();
    }

    Endpoint endpoint_of(const std::string& profile, const std::string& url) const {
        Endpoint endpoint;
        endpoint.tenant = tenant;
        endpoint.url = url;
        endpoint.profile = profile;
        endpoint.events = {"*"};
        endpoint.secret = Secret::parse(secret).value();
        if (profile == "sellapp") endpoint.overrides.store_id = 12;
        return endpoint;
    }
    void subscribe(Endpoint endpoint) {
        ASSERT_THAT(notifier_->create(std::move(endpoint)), IsOk());
    }

    void publish(std::string_view type, const TenantId& whose = tenant) {
        engine::Event event = sample_event(type);
        event.id = EventId("evt_" + make_uuid(random_));
        event.tenant = whose;
        event.created_at = clock_.now();
        event.dedupe_key = event.id.text();
        ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
            const auto seq = engine::batch_store::append_event(tx, event);
            if (!seq) return seq.error();
            return {};
        }),
                    IsOk());
    }

    void advance(milliseconds by) {
        clock_.advance(by);
        receiver_->set_now(to_unix_seconds(clock_.now()));
        wake();
    }
    // The one shard looks at what is due whenever something else happens to it. Ends when that is
    // answered and recorded: a clock that moves on under a request would be its deadline.
    void wake() {
        publish("shop.opened", bystander);
        ++woken_;
        notify_store::DeliveryQuery query;
        query.tenant = bystander;
        query.statuses = {DeliveryStatus::delivered};
        query.limit = 1'000;
        const auto end = std::chrono::steady_clock::now() + 60s;
        for (;;) {
            const auto rows = notifier_->deliveries(query);
            ASSERT_THAT(rows, IsOk());
            if (rows->size() == woken_) return;
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "the bystander hears nothing";
            std::this_thread::yield();
        }
    }

    // The only delivery of the tenant, once `attempts` are in its row.
    notify_store::DeliveryRow delivery_after(int attempts) {
        notify_store::DeliveryQuery query;
        query.tenant = tenant;
        const auto end = std::chrono::steady_clock::now() + 60s;
        for (;;) {
            const auto rows = notifier_->deliveries(query);
            EXPECT_THAT(rows, IsOk());
            if (rows && rows->size() == 1 && rows->front().delivery.attempts >= attempts) {
                auto whole = notifier_->delivery(tenant, rows->front().delivery.id);
                EXPECT_THAT(whole, IsOk());
                return *std::move(whole);
            }
            if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "no attempt " << attempts;
                return {};
            }
            std::this_thread::yield();
        }
    }

    static void expect_taken(const json::object& request) {
        for (const json::value& verdict : request.at("verdicts").as_array()) {
            EXPECT_TRUE(verdict.at("signature_fault").is_null()) << json::serialize(request);
            EXPECT_TRUE(verdict.at("body_fault").is_null()) << json::serialize(request);
            const json::value* const tampered = verdict.as_object().if_contains("tampered_passes");
            if (tampered != nullptr) {
                EXPECT_FALSE(tampered->as_bool()) << json::serialize(request);
            }
        }
    }
    static std::string header(const json::object& request, std::string_view name) {
        const json::value* const value = request.at("headers").as_object().if_contains(name);
        return value == nullptr ? "" : value->as_string().c_str();
    }

    testing::TemporaryDirectory directory_;
    testing::ManualClock clock_;
    SystemRandom random_;
    std::array<unsigned char, 32> key_{};
    std::unique_ptr<SecretBox> box_;
    ResultsLinks links_{"https://assay.example", "a key of the test"};
    std::optional<GuideReceiver> receiver_;
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    std::unique_ptr<Notifier> notifier_;
    std::size_t woken_ = 0;
};

class EachGuide : public GuidesTest, public ::testing::WithParamInterface<Guide> {};

TEST_P(EachGuide, RetriesAsOftenAndAsFarApartAsItSays) {
    const Guide& guide = GetParam();
    const std::string url = receiver_->url(guide.profile, guide.failures);
    subscribe(endpoint_of(guide.profile, url));
    publish(guide.event);
    int attempts = 1;
    for (const milliseconds delay : guide.delays) {
        const notify_store::DeliveryRow row = delivery_after(attempts);
        ASSERT_EQ(row.status, DeliveryStatus::pending) << attempts;
        const auto wait = std::chrono::duration_cast<milliseconds>(row.delivery.due - clock_.now());
        const auto spread = std::chrono::ceil<milliseconds>(delay * guide.jitter);
        EXPECT_THAT(wait.count(),
                    AllOf(Ge((delay - spread).count()), Le((delay + spread).count())));
        advance(wait - 1ms);
        EXPECT_EQ(delivery_after(attempts).delivery.attempts, attempts) << "a moment too early";
        advance(1ms);
        ++attempts;
        const notify_store::DeliveryRow next = delivery_after(attempts);
        ASSERT_EQ(next.attempts.size(), static_cast<std::size_t>(attempts));
        EXPECT_EQ(next.attempts.back().outcome.started, row.delivery.due);
    }
    EXPECT_EQ(delivery_after(attempts).status, DeliveryStatus::failed);
    advance(30 * 24h);
    const auto requests = receiver_->requests(url, static_cast<std::size_t>(attempts));
    ASSERT_THAT(requests, SizeIs(attempts));
    std::set<std::string> bodies;
    for (const json::object& request : requests) {
        expect_taken(request);
        bodies.insert(request.at("raw").as_string().c_str());
        EXPECT_EQ(header(request, "x-assay-delivery-attempt"),
                  std::to_string(request.at("number").as_int64()));
    }
    EXPECT_THAT(bodies, SizeIs(1)) << "retries carry the same bytes";
}

TEST_P(EachGuide, TakesTheSuccessThatItNames) {
    const Guide& guide = GetParam();
    const std::string url = receiver_->url(guide.profile, guide.success);
    subscribe(endpoint_of(guide.profile, url));
    publish(guide.event);
    EXPECT_EQ(delivery_after(1).status, DeliveryStatus::delivered);
    advance(30 * 24h);
    EXPECT_THAT(receiver_->requests(url, 1), SizeIs(1));
}

TEST_P(EachGuide, ItsReceiverReadsEveryEventOfItsCatalogue) {
    const Profile& profile = *find_profile(GetParam().profile);
    const std::string url = receiver_->url(profile.name, "200");
    subscribe(endpoint_of(profile.name, url));
    std::set<std::string> types;
    for (const CatalogueEntry& entry : profile.events)
        types.insert(entry.of.begin(), entry.of.end());
    std::size_t owed = 0;
    for (const std::string& type : types) {
        publish(type);
        owed += wire_types(profile, type).size();
    }
    const auto requests = receiver_->requests(url, owed);
    ASSERT_THAT(requests, SizeIs(owed));
    for (const json::object& request : requests) {
        // A mark that no guide names: read by those that ask for it, and gone with `strict`.
        const std::string_view raw = request.at("raw").as_string();
        if (profile.name == "ztrace" && raw.find("\"cancelled\":true") != raw.npos) continue;
        expect_taken(request);
        EXPECT_EQ(header(request, "content-type"), profile.content_type);
        EXPECT_NE(header(request, "x-assay-event-id"), "");
    }
}

TEST_P(EachGuide, ARotationIsTakenByReceiversThatSwitchLate) {
    const Profile& profile = *find_profile(GetParam().profile);
    const std::string url = receiver_->url(profile.name, "200");
    Endpoint endpoint = endpoint_of(profile.name, url);
    SeededRandom random(5);
    // Where a new secret holds at once, the receiver has it already.
    (profile.old_secret_last ? endpoint.secret : endpoint.old_secret.emplace()) =
        Secret::generate(random);
    if (profile.old_secret_last) endpoint.old_secret = Secret::parse(secret).value();
    subscribe(endpoint);
    publish(GetParam().event);
    const auto requests = receiver_->requests(url, 1);
    ASSERT_THAT(requests, SizeIs(1));
    expect_taken(requests.front());
}

INSTANTIATE_TEST_SUITE_P(Guides, EachGuide, ::testing::ValuesIn(guides), [](const auto& guide) {
    std::string name = guide.param.profile;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST_F(GuidesTest, AReceiverThatMovesGetsBothSignatures) {
    const std::string url = receiver_->url("standard-webhooks+github+ztrace+resell-scan", "200");
    Endpoint endpoint = endpoint_of("standard-webhooks", url);
    endpoint.overrides.also_sign_with = {"github", "ztrace", "resell-scan"};
    // The guide of github names two more headers, which are the profile's, not the signature's.
    endpoint.overrides.headers = {};
    subscribe(endpoint);
    publish("batch.started");
    const auto requests = receiver_->requests(url, 1);
    ASSERT_THAT(requests, SizeIs(1));
    const json::array& verdicts = requests.front().at("verdicts").as_array();
    ASSERT_EQ(verdicts.size(), 4U);
    for (const std::size_t i : {0U, 2U, 3U})
        EXPECT_TRUE(verdicts[i].at("signature_fault").is_null()) << json::serialize(verdicts[i]);
    EXPECT_EQ(verdicts[1].at("signature_fault"), "X-Assay-Event is undefined");
}

TEST_F(GuidesTest, AnEd25519KeySignsForThoseWhoHoldThePublicOne) {
    const std::string url = receiver_->url("standard-webhooks", "200");
    receiver_->set_secret(url, "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
    Endpoint endpoint = endpoint_of("standard-webhooks", url);
    endpoint.secret = Secret::parse(
                          "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKk"
                          "ioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==")
                          .value();
    subscribe(endpoint);
    publish("batch.started");
    const auto requests = receiver_->requests(url, 1);
    ASSERT_THAT(requests, SizeIs(1));
    expect_taken(requests.front());
    EXPECT_TRUE(header(requests.front(), "webhook-signature").starts_with("v1a,"));
}

TEST_F(GuidesTest, ReuselysIdsGrowAndStayTheSameOverRetries) {
    const std::string url = receiver_->url("reusely", "500,200");
    subscribe(endpoint_of("reusely", url));
    publish("offer.created");
    (void)delivery_after(1);
    advance(10min);
    ASSERT_EQ(delivery_after(2).status, DeliveryStatus::delivered);
    publish("offer.status.updated");
    const auto requests = receiver_->requests(url, 3);
    ASSERT_THAT(requests, SizeIs(3));
    std::vector<json::value> bodies;
    for (const json::object& request : requests)
        bodies.push_back(json::parse(request.at("raw").as_string()));
    EXPECT_EQ(bodies[0], bodies[1]);
    EXPECT_GT(bodies[2].at("object_id").as_int64(), bodies[1].at("object_id").as_int64());
    EXPECT_EQ(header(requests[0], "authorization"), header(requests[1], "authorization"));
}

TEST_F(GuidesTest, TheOtherReadingOfReuselysGuideIsASetting) {
    const std::string url = receiver_->url("reusely-suffix", "200");
    Endpoint endpoint = endpoint_of("reusely", url);
    endpoint.overrides.digest = SignatureDigest::sha256_suffix;
    subscribe(endpoint);
    publish("offer.created");
    const auto requests = receiver_->requests(url, 1);
    ASSERT_THAT(requests, SizeIs(1));
    expect_taken(requests.front());
}

TEST_F(GuidesTest, WithoutASecretResilientlinkLeavesTheHeaderOutAndKeepsNoResponse) {
    const std::string url = receiver_->url("resilientlink", "200");
    Endpoint endpoint = endpoint_of("resilientlink", url);
    endpoint.secret = Secret();
    subscribe(endpoint);
    publish("scrape.completed");
    const notify_store::DeliveryRow row = delivery_after(1);
    EXPECT_EQ(row.status, DeliveryStatus::delivered);
    ASSERT_THAT(row.attempts, SizeIs(1));
    EXPECT_EQ(row.attempts.front().outcome.response_text, "") << "the receiver said \"answer 1\"";
    const auto requests = receiver_->requests(url, 1);
    ASSERT_THAT(requests, SizeIs(1));
    EXPECT_EQ(header(requests.front(), "x-resilientlink-signature"), "");
    EXPECT_TRUE(requests.front().at("verdicts").at(0).at("body_fault").is_null());
}

TEST_F(GuidesTest, OthersKeepWhatTheReceiverSaid) {
    subscribe(endpoint_of("ztrace", receiver_->url("ztrace", "200")));
    publish("batch.started");
    EXPECT_EQ(delivery_after(1).attempts.front().outcome.response_text, "answer 1");
}

TEST_F(GuidesTest, AnOverrideOfTheSuccessRuleHolds) {
    Endpoint endpoint = endpoint_of("ztrace", receiver_->url("ztrace", "204"));
    endpoint.overrides.success = SuccessRule::exactly_200;
    subscribe(endpoint);
    publish("batch.started");
    EXPECT_EQ(delivery_after(1).status, DeliveryStatus::pending);
}

TEST_F(GuidesTest, ATestEventIsOneThatTheProfileSends) {
    for (const Guide& guide : guides) {
        Endpoint endpoint = endpoint_of(guide.profile, receiver_->url(guide.profile, "200"));
        const Result<Endpoint> made = notifier_->create(std::move(endpoint));
        ASSERT_THAT(made, IsOk());
        EXPECT_THAT(notifier_->send_test(tenant, made->id), IsOk());
        const auto requests = receiver_->requests(made->url, 1);
        ASSERT_THAT(requests, SizeIs(1)) << guide.profile;
        expect_taken(requests.front());
        const auto unknown = notifier_->send_test(tenant, made->id, "batch.unheard_of");
        EXPECT_THAT(unknown, testing::FailsWith(ErrorCode::invalid_argument));
        const std::string& last = find_profile(guide.profile)->catalogue.back();
        EXPECT_THAT(notifier_->send_test(tenant, made->id, last), IsOk());
        EXPECT_THAT(receiver_->requests(made->url, 2), SizeIs(2)) << guide.profile << last;
    }
}

}  // namespace
}  // namespace assay::notify
