// verify and sign: options, help, and what they print.
// SPDX-License-Identifier: MIT
#include "tools/cli/signatures.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>

#include "engine/base/limits.hpp"
#include "notify/profile/profile.hpp"
#include "tools/cli/profile_directory.hpp"

namespace assay::tools {
namespace {

struct SignatureOptions {
    std::string profile = "standard-webhooks";
    std::string profiles_directory;
    SecretSource secret;
    std::vector<std::string> headers;
    std::string id, at;
    std::int64_t tolerance_seconds = 300;
};

// A body is signed byte for byte: it is read as it is, and never beyond what Assay itself would
// send.
Result<std::string> read_body(CommandContext& context) {
    std::string body{std::istreambuf_iterator<char>(context.in), {}};
    if (body.size() > limits::body_strict_bytes_max) {
        return fail(ErrorCode::payload_too_large, "the body is larger than any webhook");
    }
    return body;
}

Result<notify::Scheme> scheme_of(const SignatureOptions& options) {
    const auto book = load_profiles_with(options.profiles_directory);
    if (!book) return book.error();
    const auto profile = find_signing_profile(**book, options.profile);
    if (!profile) return profile.error();
    return (*profile)->signature;
}

Result<std::int64_t> time_of(const SignatureOptions& options, const CommandContext& context) {
    if (options.at.empty()) return to_unix_seconds(context.clock.now());
    // As signatures have it. 9999999999 is the year 2286; more digits are no time anybody signs.
    constexpr std::size_t digits_max = 10;
    if (options.at.size() <= digits_max &&
        options.at.find_first_not_of("0123456789") == std::string::npos) {
        return std::stoll(options.at);
    }
    auto time = parse_time(options.at);
    if (!time) {
        return fail(ErrorCode::invalid_argument, "\"" + options.at + "\" is no time", "--at",
                    "write 2026-05-25T10:30:00Z, or unix seconds such as 1779705000");
    }
    return to_unix_seconds(*time);
}

int usage(CommandContext& context, const Error& error) {
    report(context, error);
    return exit_usage;
}

int run_verify(const SignatureOptions& options, CommandContext& context) {
    const auto scheme = scheme_of(options);
    if (!scheme) return usage(context, scheme.error());
    const auto secret = load_secret(options.secret, context);
    if (!secret) return usage(context, secret.error());
    const auto now = time_of(options, context);
    if (!now) return usage(context, now.error());
    std::vector<notify::Header> headers;
    for (const auto& line : options.headers) {
        auto header = parse_header_line(line);
        if (!header) return usage(context, header.error());
        headers.push_back(std::move(*header));
    }
    const auto body = read_body(context);
    if (!body) return report(context, body.error());
    const auto outcome = notify::verify(*scheme, {&*secret, 1}, headers, *body,
                                        {std::chrono::seconds(options.tolerance_seconds), *now});
    if (!outcome) {
        context.out << "not valid: " << describe(outcome.error()) << '\n';
        return exit_failed;
    }
    context.out << "valid\n";
    return exit_ok;
}

int run_sign(const SignatureOptions& options, CommandContext& context) {
    const auto scheme = scheme_of(options);
    if (!scheme) return usage(context, scheme.error());
    const auto secret = load_secret(options.secret, context);
    if (!secret) return usage(context, secret.error());
    const auto time = time_of(options, context);
    if (!time) return usage(context, time.error());
    auto signer = notify::Signer::make(*scheme, *secret);
    if (!signer) return usage(context, signer.error());
    const auto body = read_body(context);
    if (!body) return report(context, body.error());
    const std::string id = options.id.empty() ? "evt_" + make_uuid(context.random) : options.id;
    if (!notify::is_message_id(id)) {
        return usage(context, fail(ErrorCode::invalid_argument,
                                   "the id is too long, or holds a dot or a space", "--id"));
    }
    notify::SignInput input{id, *time, *body};
    if (scheme->layout == notify::SignatureLayout::object_hex) {
        const auto stamp = notify::read_object_stamp(*body);
        if (!stamp) return report(context, stamp.error());
        input.object_id = stamp->object_id;
        input.event_time = stamp->event_time;
    }
    std::vector<notify::Header> headers;
    notify::sign_headers({&*signer, 1}, input, headers);
    for (const auto& header : headers)
        context.out << header.name << ": " << header.value << '\n';
    return exit_ok;
}

void add_common(CLI::App& command, SignatureOptions& options) {
    command.group(group_receive);
    add_profile_options(command, options.profile, options.profiles_directory);
    add_secret_options(command, options.secret);
}

}  // namespace

void add_profile_options(CLI::App& command, std::string& profile, std::string& directory) {
    command
        .add_option("--profile", profile,
                    "One of " + signing_names(notify::built_in_book()) +
                        ", or of yours; default: standard-webhooks")
        ->type_name("NAME");
    add_profiles_option(command, directory);
}

void add_secret_options(CLI::App& command, SecretSource& source) {
    command
        .add_option("--secret", source.text,
                    "The endpoint's secret; better in ASSAY_WEBHOOK_SECRET or a file")
        ->type_name("SECRET");
    command.add_option("--secret-file", source.file, "Read the secret from this file")
        ->type_name("FILE");
}

Result<notify::Secret> load_secret(const SecretSource& source, const CommandContext& context) {
    std::string text = source.text;
    if (text.empty() && !source.file.empty()) {
        std::ifstream file(source.file);
        if (!file)
            return fail(ErrorCode::invalid_argument, "cannot read " + source.file, "--secret-file");
        std::getline(file, text);
        while (!text.empty() && (text.back() == '\r' || text.back() == ' '))
            text.pop_back();
    }
    if (text.empty() && context.environment) {
        text = context.environment("ASSAY_WEBHOOK_SECRET").value_or("");
    }
    if (text.empty()) {
        return fail(ErrorCode::invalid_argument, "no secret was given", "--secret",
                    "give the text that the endpoint's creation showed: whsec_..., or for Ed25519 "
                    "whpk_... to verify and whsk_... to sign");
    }
    return notify::Secret::parse(text);
}

Result<notify::Header> parse_header_line(const std::string& line) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0) {
        return fail(ErrorCode::invalid_argument, "\"" + line + "\" is not a header", "--header",
                    "write it like 'X-Webhook-Signature: t=...,v1=...'");
    }
    const auto start = line.find_first_not_of(" \t", colon + 1);
    return notify::Header{line.substr(0, colon),
                          start == std::string::npos ? "" : line.substr(start)};
}

void add_verify(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<SignatureOptions>();
    CLI::App* command = application.add_subcommand(
        "verify", "Check the signature of a webhook whose body is on standard input");
    add_common(*command, *options);
    command->add_option("--header", options->headers, "A header that came with it, once per header")
        ->required()
        ->allow_extra_args(false)
        ->type_name("'NAME: VALUE'");
    command->add_option("--tolerance", options->tolerance_seconds, "Seconds the time may be off")
        ->check(CLI::Range(0, 31'536'000))
        ->type_name("SECONDS");
    command
        ->add_option("--at", options->at,
                     "Judge as of this time (2026-05-25T10:30:00Z, or unix seconds); default: now")
        ->type_name("TIME");
    command->footer(
        "Example:\n"
        "  assay verify --profile resell-scan --secret-file secret.txt \\\n"
        "    --header 'X-Webhook-Signature: t=1764547200,v1=5257a8...' < body.json\n\n"
        "Exit code: 0 valid, 1 not valid, 2 called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_verify(*options, context); });
}

void add_sign(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<SignatureOptions>();
    CLI::App* command = application.add_subcommand(
        "sign", "Print the headers that sign the body on standard input, to test a receiver");
    add_common(*command, *options);
    command->add_option("--id", options->id, "The message's id; default: a new one")
        ->type_name("ID");
    command
        ->add_option("--at", options->at,
                     "Sign as of this time (2026-05-25T10:30:00Z, or unix seconds); default: now")
        ->type_name("TIME");
    command->footer(
        "Example:\n"
        "  assay sign --secret-file secret.txt < body.json\n");
    command->callback([options, &context] { context.exit_code = run_sign(*options, context); });
}

}  // namespace assay::tools
