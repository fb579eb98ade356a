// Rules that hold for every route: scopes, methods, forms, and that tenants never see each other.
// SPDX-License-Identifier: MIT
#include <map>
#include <set>

#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr ApiLimits unlimited{{1e6, 1e6}, {1e6, 1e6}};

std::string with_id(std::string_view path, const std::string& id) {
    std::string target(path);
    const std::size_t hole = target.find("{}");
    if (hole != std::string::npos) target.replace(hole, 2, id);
    return target;
}

class RoutesTest : public ApiFixture {
  protected:
    RoutesTest() : ApiFixture(unlimited) {}

    Reply ask(const RouteInfo& route, const std::string& id) {
        const std::string target = with_id(route.path, id);
        return route.method == "POST" && route.path == "/v1/batches"
                   ? submit(three_products)
                   : call(std::string(route.method), target);
    }
};

std::vector<Scope> scopes_of(Access access) {
    switch (access) {
        case Access::submit:
            return {Scope::submit, Scope::admin};
        case Access::read:
        case Access::read_or_link:
            return {Scope::read, Scope::admin};
        case Access::manage:
            return {Scope::manage, Scope::admin};
        case Access::admin:
        case Access::operator_only:
            return {Scope::admin};
        case Access::open:
            break;
    }
    return {Scope::submit, Scope::read, Scope::manage, Scope::admin};
}

// What the published list of scopes says, route by route; written down here a second time, so that
// a route that changes its door is noticed.
TEST_F(RoutesTest, EveryRouteHasTheDoorThatIsPublished) {
    std::map<std::string, Access> doors;
    for (const RouteInfo& route : api_routes())
        doors.emplace(std::string(route.method) + " " + std::string(route.path), route.access);
    EXPECT_EQ(doors.size(), api_routes().size()) << "no route is there twice";
    for (const auto& [name, access] : doors) {
        const bool reads = name.starts_with("GET ");
        if (name.find("/v1/tenants") != std::string::npos) {
            EXPECT_EQ(access, Access::operator_only) << name;
        } else if (name.find("/v1/keys") != std::string::npos || name == "PATCH /v1/account") {
            EXPECT_EQ(access, Access::admin) << name;
        } else if (name == "GET /metrics") {
            EXPECT_EQ(access, Access::manage) << name;
        } else if (name.find(" /v1/") == std::string::npos) {
            EXPECT_EQ(access, Access::open) << name;
        } else if (reads) {
            EXPECT_TRUE(access == Access::read || access == Access::read_or_link) << name;
        } else if (name.find("/v1/batches") != std::string::npos) {
            EXPECT_EQ(access, Access::submit) << name;
        } else {
            EXPECT_NE(access, Access::open) << name;
            EXPECT_NE(access, Access::read) << name << " changes something";
        }
    }
}

TEST_F(RoutesTest, EveryRouteOpensToItsScopesAndToNoOther) {
    std::map<Scope, std::string> held;
    for (const Scope scope : {Scope::submit, Scope::read, Scope::manage, Scope::admin})
        held.emplace(scope, make_key({scope}));
    for (const RouteInfo& route : api_routes()) {
        const std::string name = std::string(route.method) + " " + std::string(route.path);
        const auto allowed = scopes_of(route.access);
        for (const auto& [scope, text] : held) {
            key = text;
            const bool may = std::find(allowed.begin(), allowed.end(), scope) != allowed.end();
            const Reply reply = ask(route, "none");
            EXPECT_EQ(reply.status == 403, !may) << name << " with " << to_string(scope);
            EXPECT_NE(reply.status, 401) << name;
        }
        key.clear();
        const Reply without = ask(route, "none");
        EXPECT_EQ(without.status == 401, route.access != Access::open) << name;
        if (without.status == 401) {
            EXPECT_EQ(without.text("code"), "unauthorized");
        }
        key = "ak_" + std::string(32, '0') + "." + std::string(64, '0');
        EXPECT_EQ(ask(route, "none").status == 401, route.access != Access::open) << name;
        if (route.access != Access::operator_only) continue;
        key = other;  // an admin, but not of the operator's tenant
        EXPECT_EQ(ask(route, "default").status, 403) << name;
    }
}

TEST_F(RoutesTest, RefusalsAreProblemsThatSayWhatIsWrong) {
    key = admin;
    for (const RouteInfo& route : api_routes()) {
        const std::string name = std::string(route.method) + " " + std::string(route.path);
        std::vector<Reply> refusals{call("OPTIONS", with_id(route.path, "x"))};
        EXPECT_EQ(refusals[0].status, 405) << name;
        EXPECT_THAT(refusals[0].field("Allow"), HasSubstr(std::string(route.method)));
        if (route.method == "GET") {
            EXPECT_THAT(refusals[0].field("Allow"), HasSubstr("HEAD")) << name;
        }
        if (route.access != Access::open && route.path != "/metrics") {
            const std::string target = with_id(route.path, "x") + "?colour=red";
            refusals.push_back(call(std::string(route.method), target, "{}",
                                    {{"Content-Type", "application/json"}}));
            EXPECT_TRUE(refusals[1].status == 400 || refusals[1].status == 404) << name;
        }
        for (const Reply& refusal : refusals) {
            EXPECT_EQ(refusal.field("Content-Type"), "application/problem+json") << name;
            EXPECT_FALSE(refusal.text("code").empty()) << name;
            EXPECT_FALSE(refusal.text("message").empty()) << name;
            EXPECT_EQ(refusal.object().at("status").as_int64(), refusal.status) << name;
        }
    }
}

TEST_F(RoutesTest, HeadIsAnsweredWhereGetIs) {
    key = admin;
    const std::string batch = finished_batch(three_products);
    for (const RouteInfo& route : api_routes()) {
        if (route.method != "GET") continue;
        const std::string target = with_id(route.path, batch);
        EXPECT_EQ(call("HEAD", target).status, call("GET", target).status) << target;
    }
}

TEST_F(RoutesTest, ABodyThatIsNotPlainJsonIsRefusedUnread) {
    key = admin;
    for (const RouteInfo& route : api_routes()) {
        if (route.method == "GET" || route.method == "DELETE") continue;
        // These take others as well; they have their own stories.
        if (route.path == "/v1/batches" || route.path == "/v1/comps") continue;
        const std::string name = std::string(route.method) + " " + std::string(route.path);
        const std::string target = with_id(route.path, "x");
        const std::string method(route.method);
        const Reply form =
            call(method, target, "a=1", {{"Content-Type", "application/x-www-form-urlencoded"}});
        EXPECT_EQ(form.status, 415) << name;
        EXPECT_EQ(form.text("param"), "Content-Type");
        const Reply packed = call(
            method, target, "x",
            {{"Content-Type", "application/json; charset=utf-8"}, {"Content-Encoding", "gzip"}});
        EXPECT_EQ(packed.status, 415) << name;
        EXPECT_EQ(packed.text("param"), "Content-Encoding");
    }
}

TEST_F(RoutesTest, ResultsComeInTheFormsThatThereAre) {
    key = admin;
    const std::string path = "/v1/batches/" + finished_batch(three_products) + "/results";
    const auto type_for = [&](const char* accept) {
        const Reply reply = call("GET", path, {}, {{"Accept", accept}});
        return reply.status == 200 ? reply.field("Content-Type") : std::to_string(reply.status);
    };
    EXPECT_EQ(type_for("*/*"), "application/x-ndjson");
    EXPECT_EQ(type_for("application/json"), "application/json");
    EXPECT_EQ(type_for("application/json, application/x-ndjson"), "application/x-ndjson");
    EXPECT_EQ(type_for("text/html"), "406");
}

// --- tenants -----------------------------------------------------------------------------------

class IsolationTest : public RoutesTest {
  protected:
    struct Actor {
        std::string name;
        std::string key;
        std::set<std::string> ids;  // that its answers gave
    };

    IsolationTest() {
        for (const char* name : {"tenant-a", "tenant-b"}) {
            Actor actor{name, make_tenant(name), {}};
            key = actor.key;
            fill(actor);
            actors.push_back(std::move(actor));
        }
    }
    // One thing of every kind.
    void fill(Actor& actor) {
        finished_batch(three_products);
        const Reply webhook =
            call("POST", "/v1/webhooks", R"({"url":"https://example.com/hook","active":false})");
        EXPECT_EQ(webhook.status, 201) << webhook.body;
        EXPECT_EQ(call("POST", "/v1/keys").status, 201);
        seed_delivery(actor.name, EndpointId(webhook.text("id")));
        for (const char* list :
             {"/v1/batches", "/v1/webhooks", "/v1/keys", "/v1/events", "/v1/deliveries"})
            learn(actor, call("GET", list).body);
        EXPECT_EQ(actor.ids.size(), 1U + 1 + 2 + 2 + 1);
    }
    void seed_delivery(const std::string& tenant, const EndpointId& webhook) {
        notify::Delivery delivery;
        delivery.id = DeliveryId("dlv_" + make_uuid(random));
        delivery.tenant = TenantId(tenant);
        delivery.endpoint = webhook;
        delivery.event = EventSeq{1};
        delivery.event_id = EventId("evt_" + make_uuid(random));
        delivery.event_type = delivery.wire_type = "batch.completed";
        delivery.message_id = "m";
        delivery.created_at = clock.now();
        EXPECT_THAT(writer.run([&](engine::Tx& tx) {
            return notify::notify_store::put_cancelled(tx, delivery);
        }),
                    testing::IsOk());
    }
    static void learn(Actor& actor, const std::string& body) {
        const auto list = json::parse(body).as_object();
        for (const auto& item : list.at("data").as_array())
            actor.ids.insert(item.at("id").as_string().c_str());
    }

    std::vector<Actor> actors;
};

// Not only does it open nothing: the answer is the one that an id of nobody gets.
TEST_F(IsolationTest, AnIdOfAnotherTenantIsAnsweredLikeOneOfNobody) {
    const auto blanked = [](std::string body, const std::string& id) {
        for (std::size_t at = 0; (at = body.find(id)) != std::string::npos;)
            body.replace(at, id.size(), "ID");
        return body;
    };
    int asked = 0;
    for (const RouteInfo& route : api_routes()) {
        if (route.path.find("{}") == std::string_view::npos) continue;
        for (std::size_t i = 0; i < actors.size(); ++i) {
            key = actors[i].key;
            for (const std::string& id : actors[1 - i].ids) {
                std::string nobody = id;  // the same form
                nobody.replace(nobody.size() - 8, 8, "00000000");
                const Reply theirs = ask(route, id);
                const Reply nobodys = ask(route, nobody);
                EXPECT_GE(theirs.status, 400) << route.method << " " << route.path;
                EXPECT_EQ(theirs.status, nobodys.status) << route.method << " " << route.path;
                EXPECT_EQ(blanked(theirs.body, id), blanked(nobodys.body, nobody)) << route.path;
                ++asked;
            }
        }
    }
    EXPECT_GT(asked, 100);
}

// A random walk of both over everything there is: whatever they do, no answer to one ever holds an
// id of the other that the request did not name itself.
TEST_F(IsolationTest, NoAnswerEverHoldsAnIdOfAnotherTenant) {
    SeededRandom dice(7);
    const auto roll = [&](std::size_t sides) {
        std::array<std::byte, 4> bytes{};
        dice.fill(bytes);
        std::size_t number = 0;
        for (const std::byte byte : bytes)
            number = number * 256 + static_cast<std::size_t>(byte);
        return number % sides;
    };
    const auto routes = api_routes();
    std::vector<std::string> pool;
    for (const Actor& actor : actors)
        pool.insert(pool.end(), actor.ids.begin(), actor.ids.end());
    for (int step = 0; step < 600; ++step) {
        Actor& actor = actors[roll(2)];
        const Actor& stranger = &actor == &actors[0] ? actors[1] : actors[0];
        const RouteInfo& route = routes[roll(routes.size())];
        const std::string id = pool[roll(pool.size())];
        key = actor.key;
        if (route.method == "DELETE" && route.path == "/v1/keys/{}") continue;  // keeps both alive
        std::string target = with_id(route.path, id);
        if (route.method == "GET" && roll(4) == 0) target += "?after=" + pool[roll(pool.size())];
        const Reply reply = route.method == "POST" && route.path == "/v1/batches"
                                ? submit(three_products)
                                : call(std::string(route.method), target,
                                       route.path == "/v1/webhooks" && route.method == "POST"
                                           ? R"({"url":"https://example.com/","active":false})"
                                           : "");
        EXPECT_LT(reply.status, 500) << target << reply.body;
        for (const std::string& hidden : stranger.ids) {
            if (target.find(hidden) != std::string::npos) continue;
            EXPECT_THAT(reply.body, Not(HasSubstr(hidden))) << route.method << " " << target;
        }
        const bool made = reply.status == 201 || reply.status == 202;
        const std::string own = made ? reply.text("id") : "";
        if (!own.empty() && actor.ids.insert(own).second) pool.push_back(own);
    }
}

}  // namespace
}  // namespace assay::tools
