<?php
// A receiver in plain PHP: verifies a delivery of any of Assay's profiles; keep the branch of yours.
//
//   PROFILE=resell-scan WEBHOOK_SECRET=whsec_... php -S 127.0.0.1:8090 receive.php

declare(strict_types=1);

const TOLERANCE_SECONDS = 300;

final class NotTrusted extends Exception {}

function header_of(string $name): string {
    return $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
}

// In constant time; any one of the given will do.
function must_match(string $expected, array $given): void {
    foreach ($given as $one) {
        if (hash_equals($expected, $one)) return;
    }
    throw new NotTrusted('no signature matches');
}

function must_be_fresh(string $seconds): void {
    if (!ctype_digit($seconds) || abs(time() - (int) $seconds) > TOLERANCE_SECONDS) {
        throw new NotTrusted('the time is missing or too far off');
    }
}

function mac(string $message, string $key, bool $binary = false): string {
    return hash_hmac('sha256', $message, $key, $binary);
}

// Gives the id to deduplicate by.
function verify(string $profile, string $raw, string $secret): string {
    switch ($profile) {
        case 'resell-scan':
            preg_match('/(?:^|,)t=(\d+)/', header_of('X-Webhook-Signature'), $time);
            preg_match_all('/(?:^|,)v1=([0-9a-f]+)/', header_of('X-Webhook-Signature'), $signatures);
            must_be_fresh($time[1] ?? '');
            must_match(mac("$time[1].$raw", $secret), $signatures[1]); // two during a rotation
            return json_decode($raw, true)['id'];
        case 'reusely': // all but object_id and timestamp is not signed
            $event = json_decode($raw, true);
            must_match(mac("{$event['object_id']}{$event['timestamp']}", $secret), [header_of('Authorization')]);
            return (string) $event['object_id'];
        case 'sellapp':
            must_match(mac($raw, $secret), [header_of('signature')]);
            return header_of('X-Assay-Event-Id');
        case 'resilientlink': // nothing is signed
            must_match($secret, [header_of('X-ResilientLink-Signature')]);
            $event = json_decode($raw, true);
            return $event['timestamp'] . ' ' . ($event['data']['url'] ?? $event['event']);
        case 'ztrace':
            $time = header_of('X-Ztrace-Timestamp');
            must_be_fresh($time);
            must_match('sha256=' . mac("$time.$raw", $secret), [header_of('X-Ztrace-Signature')]);
            return header_of('X-Assay-Event-Id');
        case 'standard-webhooks':
        case 'cloudevents':
            [$id, $time] = [header_of('webhook-id'), header_of('webhook-timestamp')];
            must_be_fresh($time);
            $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
            $expected = 'v1,' . base64_encode(mac("$id.$time.$raw", $key, true));
            must_match($expected, explode(' ', header_of('webhook-signature')));
            return $id;
        case 'github':
            must_match('sha256=' . mac($raw, $secret), [header_of('X-Hub-Signature-256')]);
            return header_of('X-Assay-Delivery');
    }
    throw new NotTrusted("there is no profile $profile");
}

// PHP keeps nothing between requests: the table of seen_ids.sql, in SQLite or your own database.
function is_repeat(string $id): bool {
    $file = getenv('SEEN_IDS') ?: sys_get_temp_dir() . '/seen_ids';
    $handle = fopen($file, 'c+');
    flock($handle, LOCK_EX); // two deliveries of one event may arrive at once
    $known = in_array($id, explode("\n", stream_get_contents($handle)), true);
    if (!$known) fwrite($handle, $id . "\n");
    fclose($handle);
    return $known;
}

header('Content-Type: text/plain');
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(405);
    exit('POST webhooks here');
}
try {
    $raw = file_get_contents('php://input'); // not $_POST
    $id = verify(getenv('PROFILE') ?: 'standard-webhooks', $raw, getenv('WEBHOOK_SECRET'));
    echo is_repeat($id) ? 'seen before' : 'ok';
} catch (Throwable $fault) {
    http_response_code(401);
    echo $fault->getMessage();
}
