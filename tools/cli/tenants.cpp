// account get|update, quota, tenants create|list|get|update|disable|enable.
// SPDX-License-Identifier: MIT
#include "tools/cli/tenants.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <memory>
#include <ostream>

#include "tools/cli/client_action.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"

namespace assay::tools {
namespace {

// Members that were not given stay as they are on the server; "none" clears one.
struct AccountOptions {
    ServerOptions server;
    std::string id;
    std::string name, email, store_id, plan_limit, bonus;
    std::vector<std::string> allowed_ips, keep;
};

constexpr std::string_view none = "none";

Result<boost::json::value> number_of(const std::string& text, const char* flag) {
    if (text == none) return boost::json::value(nullptr);
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < 0)
        return fail(ErrorCode::invalid_argument, "\"" + text + "\" is no number", flag,
                    "write a whole number, or none");
    return boost::json::value(number);
}

// "results=7" becomes "results_days": 7; the server says which names and numbers it takes.
Result<boost::json::value> retention_of(const std::vector<std::string>& parts) {
    if (parts.size() == 1 && parts[0] == none) return boost::json::value(nullptr);
    boost::json::object retention;
    for (const std::string& part : parts) {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos)
            return fail(ErrorCode::invalid_argument, "\"" + part + "\" names no days", "--keep",
                        "write it like results=7,events=30");
        auto days = number_of(part.substr(equals + 1), "--keep");
        if (!days) return std::move(days).error();
        retention[part.substr(0, equals) + "_days"] = *std::move(days);
    }
    return boost::json::value(std::move(retention));
}

Result<boost::json::object> body_of(const AccountOptions& options) {
    boost::json::object body;
    const std::pair<const char*, const std::string*> texts[] = {
        {"name", &options.name}, {"email", &options.email}, {"store_id", &options.store_id}};
    for (const auto& [member, text] : texts) {
        if (*text == none)
            body[member] = nullptr;
        else if (!text->empty())
            body[member] = *text;
    }
    const std::tuple<const char*, const std::string*, const char*> numbers[] = {
        {"plan_limit", &options.plan_limit, "--plan"},
        {"bonus_requests", &options.bonus, "--bonus"}};
    for (const auto& [member, text, flag] : numbers) {
        if (text->empty()) continue;
        auto number = number_of(*text, flag);
        if (!number) return std::move(number).error();
        body[member] = *std::move(number);
    }
    if (options.allowed_ips.size() == 1 && options.allowed_ips[0] == none)
        body["allowed_ips"] = nullptr;
    else if (!options.allowed_ips.empty())
        body["allowed_ips"] =
            boost::json::array(options.allowed_ips.begin(), options.allowed_ips.end());
    if (!options.keep.empty()) {
        auto retention = retention_of(options.keep);
        if (!retention) return std::move(retention).error();
        body["retention"] = *std::move(retention);
    }
    return body;
}

// A number with what stands for none.
std::string number_text(const boost::json::value& object, std::string_view name,
                        std::string_view without) {
    const auto* value = member(object, name);
    if (value == nullptr || !value->is_int64()) return std::string(without);
    return std::to_string(value->get_int64());
}

bool is_active(const boost::json::value& tenant) {
    const auto* active = member(tenant, "active");
    return active != nullptr && active->is_bool() && active->get_bool();
}

int print_account(const ServerOptions& options, const Result<boost::json::value>& account,
                  CommandContext& context) {
    if (!account) return report(context, account.error());
    if (options.json) {
        print_json(context, *account);
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{
        {"id", printable(text_member(*account, "id"))},
        {"name", printable(text_member(*account, "name"))},
        {"email", printable(text_member(*account, "email"))},
        {"store id", printable(text_member(*account, "store_id", "-"))},
        {"active", is_active(*account) ? "yes" : "no"},
        {"plan", number_text(*account, "plan_limit", "no limit")},
        {"bonus left", number_text(*account, "bonus_requests", "0")}};
    const std::string allowed = joined_member(*account, "allowed_ips");
    rows.push_back({"allowed from", allowed.empty() ? "everywhere" : allowed});
    if (const auto* days = member(*account, "retention"); days != nullptr) {
        rows.push_back({"kept", "results " + number_text(*days, "results_days", "?") +
                                    " days, events " + number_text(*days, "events_days", "?") +
                                    ", deliveries " + number_text(*days, "deliveries_days", "?") +
                                    ", dead letters " +
                                    number_text(*days, "dead_letters_days", "?")});
    }
    context.out << aligned(rows);
    return exit_ok;
}

std::string path_of(const AccountOptions& options, std::string_view action = {}) {
    return "/v1/tenants/" + url_encoded(options.id) + std::string(action);
}

int run_account(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    return print_account(options.server, client.get("/v1/account"), context);
}

int run_account_update(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    auto body = body_of(options);
    if (!body) return report(context, body.error());
    return print_account(options.server, client.patch("/v1/account", *body), context);
}

int run_quota(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    const auto quota = client.get("/v1/quota");
    if (!quota) return report(context, quota.error());
    if (options.server.json) {
        print_json(context, *quota);
        return exit_ok;
    }
    context.out << aligned({{"used this month", number_text(*quota, "used", "0")},
                            {"limit", number_text(*quota, "limit", "none")},
                            {"left", number_text(*quota, "remaining", "no limit")},
                            {"bonus left", number_text(*quota, "bonus_requests", "0")},
                            {"starts anew", printable(text_member(*quota, "reset_at"))}});
    return exit_ok;
}

int run_create(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    auto body = body_of(options);
    if (!body) return report(context, body.error());
    if (!options.id.empty()) (*body)["id"] = options.id;
    const auto tenant = client.post("/v1/tenants", *body);
    const int code = print_account(options.server, tenant, context);
    if (code != exit_ok || options.server.json) return code;
    context.out << "\nIts first key, with the scope admin:\n"
                << printable(text_member(*tenant, "key")) << '\n';
    context.error << shown_once;
    return exit_ok;
}

int run_list(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    auto tenants = all_pages(client, "/v1/tenants");
    if (!tenants) return report(context, tenants.error());
    if (options.server.json) {
        print_json_list(context, *std::move(tenants));
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "ACTIVE", "PLAN", "BONUS", "NAME"}};
    for (const auto& tenant : *tenants) {
        rows.push_back({printable(text_member(tenant, "id")), is_active(tenant) ? "yes" : "no",
                        number_text(tenant, "plan_limit", "no limit"),
                        number_text(tenant, "bonus_requests", "0"),
                        printable(text_member(tenant, "name"))});
    }
    context.out << aligned(rows);
    return exit_ok;
}

int run_get(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    return print_account(options.server, client.get(path_of(options)), context);
}

int run_update(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    auto body = body_of(options);
    if (!body) return report(context, body.error());
    return print_account(options.server, client.patch(path_of(options), *body), context);
}

int run_disable(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    return print_account(options.server, client.post(path_of(options, "/disable"), nullptr),
                         context);
}

int run_enable(const AccountOptions& options, ApiClient& client, CommandContext& context) {
    return print_account(options.server, client.post(path_of(options, "/enable"), nullptr),
                         context);
}

void add_members(CLI::App& command, AccountOptions& options) {
    command.add_option("--name", options.name, "Who it is")->type_name("TEXT");
    command.add_option("--email", options.email, "Where quota mails go")->type_name("ADDRESS");
    command.add_option("--store-id", options.store_id, "The store's id in your own systems")
        ->type_name("ID");
    command
        .add_option("--allowed-ips", options.allowed_ips,
                    "Addresses and CIDRs that its keys work from; default: from everywhere")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("CIDR,...");
    command
        .add_option("--keep", options.keep,
                    "Days that results, events, deliveries and dead_letters are kept")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME=DAYS,...");
    command.add_option("--plan", options.plan_limit, "Products a month")->type_name("N");
    command
        .add_option("--bonus", options.bonus,
                    "Products beyond the plan, once; what is given here is what remains")
        ->type_name("N");
}

constexpr const char* cleared_by_none = "What is not given stays as it is; `none` clears it.\n";

}  // namespace

void add_account(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<AccountOptions>();
    CLI::App* account =
        application.add_subcommand("account", "The account that your key belongs to");
    account->group(group_client);
    account->require_subcommand(0, 1);
    add_server_options(*account, options->server);
    account->callback([account, options, &context] {
        if (!account->get_subcommands().empty()) return;
        auto client = connect(options->server, context);
        context.exit_code =
            client ? run_account(*options, *client, context) : report(context, client.error());
    });
    account->footer("Example: assay account update --keep results=7\n");
    add_client_action(*account, "get", "Show it; the same as `assay account`", options, context,
                      run_account);
    CLI::App* update =
        add_client_action(*account, "update", "Change it", options, context, run_account_update);
    add_members(*update, *options);
    update->footer(std::string(cleared_by_none) +
                   "--plan and --bonus are for whoever runs the server.\n\n"
                   "Example: assay account update --keep results=7 --allowed-ips 203.0.113.7\n");
}

void add_quota(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<AccountOptions>();
    CLI::App* quota =
        add_client_action(application, "quota", "How much of this month's products is used",
                          options, context, run_quota);
    quota->group(group_client);
    quota->footer("Example: assay quota --json\n");
}

void add_tenants(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<AccountOptions>();
    CLI::App* tenants = application.add_subcommand(
        "tenants", "The tenants of a server, for whoever runs it (an admin key of its own)");
    tenants->group(group_client);
    tenants->require_subcommand(1);
    tenants->footer("Example: assay tenants create --id acme --plan 50000\n");
    CLI::App* create = add_client_action(*tenants, "create", "Add one; shows its first key once",
                                         options, context, run_create);
    create->add_option("--id", options->id, "a-z, 0-9, - and _; made when it is not given")
        ->type_name("ID");
    add_members(*create, *options);
    create->footer("Example: assay tenants create --id acme --email ops@acme.example --plan 500\n");
    add_client_action(*tenants, "list", "All tenants, newest first", options, context, run_list);
    struct Action {
        const char* name;
        const char* purpose;
        int (*run)(const AccountOptions&, ApiClient&, CommandContext&);
    };
    for (const Action& action :
         {Action{"get", "One tenant", run_get}, Action{"update", "Change one", run_update},
          Action{"disable", "Its keys open nothing from here on; what runs, runs on", run_disable},
          Action{"enable", "Its keys work again", run_enable}}) {
        CLI::App* command =
            add_client_action(*tenants, action.name, action.purpose, options, context, action.run);
        command->add_option("id", options->id, "The tenant's id")->required()->type_name("");
        if (action.run != run_update) continue;
        add_members(*command, *options);
        command->footer(cleared_by_none);
    }
}

}  // namespace assay::tools
