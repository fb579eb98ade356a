// Names every command once. A new command adds its header and its line here.
// SPDX-License-Identifier: MIT
#include "tools/cli/commands.hpp"

#include "tools/cli/analyze.hpp"
#include "tools/cli/backtest.hpp"
#include "tools/cli/batches.hpp"
#include "tools/cli/bench.hpp"
#include "tools/cli/check.hpp"
#include "tools/cli/columns.hpp"
#include "tools/cli/completion.hpp"
#include "tools/cli/comps.hpp"
#include "tools/cli/config.hpp"
#include "tools/cli/deliveries.hpp"
#include "tools/cli/doctor.hpp"
#include "tools/cli/events.hpp"
#include "tools/cli/explain.hpp"
#include "tools/cli/listen.hpp"
#include "tools/cli/serve.hpp"
#include "tools/cli/signatures.hpp"
#include "tools/cli/tenants.hpp"
#include "tools/cli/webhooks.hpp"
#include "tools/cli/whatif.hpp"

namespace assay::tools {

namespace {
constexpr AddCommand commands[] = {
    add_analyze, add_columns, add_explain, add_backtest, add_whatif,   add_serve,      add_submit,
    add_watch,   add_results, add_cancel,  add_comps,    add_webhooks, add_deliveries, add_events,
    add_trigger, add_keys,    add_account, add_quota,    add_tenants,  add_listen,     add_verify,
    add_sign,    add_check,   add_bench,   add_doctor,   add_config,   add_completion,
};
}  // namespace

std::span<const AddCommand> all_commands() noexcept {
    return commands;
}

}  // namespace assay::tools
