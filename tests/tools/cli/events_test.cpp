// events publish|list and trigger, as a user meets them.
// SPDX-License-Identifier: MIT
#include "tools/cli/events.hpp"

#include <gmock/gmock.h>

#include "tests/tools/cli/fake_api.hpp"

namespace assay::tools {
namespace {

using testing::FakeApi;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr AddCommand commands[] = {add_events, add_trigger};

class EventCommandsTest : public ::testing::Test, protected testing::CommandRunner {
  protected:
    int run_with(FakeApi& api, std::vector<std::string> arguments) {
        environment["ASSAY_SERVER"] = api.url();
        return run(commands, std::move(arguments));
    }
    static std::string webhook(const std::string& id, const std::string& events,
                               const std::string& active = "true") {
        return R"({"id":")" + id + R"(","active":)" + active + R"(,"events":[)" + events + "]}";
    }
};

TEST_F(EventCommandsTest, TriggerGoesToActiveSubscribersAlone) {
    const std::string page = R"({"data":[)" + webhook("wh_1", R"("order.*")") + "," +
                             webhook("wh_2", R"("batch.*")") + "," +
                             webhook("wh_3", R"("*")", "false") + R"(],"has_more":false})";
    FakeApi api({{"/v1/webhooks", {{200, page}}},
                 {"/v1/webhooks/wh_1/test", {{202, R"({"event_id":"evt_1"})"}}}});
    EXPECT_EQ(run_with(api, {"trigger", "order.created"}), exit_ok) << error();
    EXPECT_EQ(out(), "Sent to wh_1 as event evt_1\n");
    EXPECT_THAT(api.requests(), SizeIs(2));
}

TEST_F(EventCommandsTest, TriggerWithoutSubscribersSaysSo) {
    FakeApi api({{"/v1/webhooks", {{200, R"({"data":[],"has_more":false})"}}}});
    EXPECT_EQ(run_with(api, {"trigger", "order.created"}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("no active webhook has subscribed to order.created"));
}

TEST_F(EventCommandsTest, AFileThatCannotBeReadIsNamed) {
    FakeApi api({});
    EXPECT_EQ(run_with(api, {"events", "publish", "a.b", "/nowhere/at/all.json"}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("/nowhere/at/all.json"));
    EXPECT_THAT(api.requests(), SizeIs(0)) << "nothing was sent";
}

TEST_F(EventCommandsTest, ListShowsTheLogAndHowToGoOn) {
    FakeApi api({{"/v1/events",
                  {{200, R"({"data":[{"id":"evt_1","sequence":7,"type":"order.created",)"
                         R"("created_at":"2026-05-25T10:30:00.000Z","batch_id":null}],)"
                         R"("has_more":true,"next":"7"})"}}}});
    EXPECT_EQ(run_with(api, {"events", "list"}), exit_ok) << error();
    EXPECT_THAT(out(), HasSubstr("order.created"));
    EXPECT_THAT(error(), HasSubstr("--after 7"));
}

}  // namespace
}  // namespace assay::tools
