// How receivers verify with the libraries they already have: npm stripe, standardwebhooks, svix, @octokit/webhooks-methods.
import { verify as verifyGithub } from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";

const octokit = async (secret, text, signature) => {
  if (!(await verifyGithub(secret, text, signature))) throw new Error("@octokit/webhooks-methods says no");
};
const stripe = (header) => (raw, headers, secret) => new Stripe("sk_unused").webhooks.constructEvent(raw, headers[header], secret);
const both = (raw, headers, secret) => {
  new StandardWebhook(secret).verify(raw, headers);
  new SvixWebhook(secret).verify(raw, headers); // takes both names of the headers
};

export const verifiers = {
  "standard-webhooks": both,
  cloudevents: both,
  svix: (raw, headers, secret) => new SvixWebhook(secret).verify(raw, headers),
  "resell-scan": stripe("x-webhook-signature"),
  stripe: stripe("stripe-signature"),
  github: (raw, headers, secret) => octokit(secret, raw, headers["x-hub-signature-256"]),
  ztrace: (raw, headers, secret) => octokit(secret, `${headers["x-ztrace-timestamp"]}.${raw}`, headers["x-ztrace-signature"]),
};
