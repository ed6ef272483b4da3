"""OpenAI's own client against a server that runs: whole, in pieces, and what it makes of mistakes.

    python3 -m venv .venv && .venv/bin/pip install openai
    palimpsest serve experiments/models/aligned-small --votes 3 --port 8080 &
    .venv/bin/python Benchmarks/service/openai_client.py --url http://127.0.0.1:8080
"""
import argparse
import asyncio

import openai


def expect(name, is_right, found):
    print(f"{'ok  ' if is_right else 'FAIL'}  {name}: {found}")
    return is_right


async def together(url, key, model, prompts):
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, timeout=600) as client:
        answers = [client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}])
                   for prompt in prompts]
        return [answer.choices[0].message.content for answer in await asyncio.gather(*answers)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default="none")
    options = parser.parse_args()
    client = openai.OpenAI(base_url=f"{options.url}/v1", api_key=options.key, timeout=600, max_retries=0)
    model = client.models.list().data[0].id
    results = [expect("models", client.models.retrieve(model).id == model, model)]

    messages = [{"role": "user", "content": "How do I open my jar?"}]
    whole = client.chat.completions.create(model=model, messages=messages, temperature=0)
    text = whole.choices[0].message.content
    results.append(expect("whole", bool(text) and whole.choices[0].finish_reason in ("stop", "length"), text))
    results.append(expect("usage", whole.usage.total_tokens > 0, whole.usage.completion_tokens_details))
    account = whole.model_extra["palimpsest"]
    results.append(expect("palimpsest", account["tokens"]["shown"] > 0, account))

    pieces, usage = [], None
    for chunk in client.chat.completions.create(
            model=model, messages=messages, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        pieces += [choice.delta.content or "" for choice in chunk.choices]
    results.append(expect("in pieces", "".join(pieces) == text, f"{len(pieces)} pieces"))
    results.append(expect("usage in pieces", usage == whole.usage, usage.total_tokens))

    # What the client got is what it sends back in the next turn.
    following = messages + [whole.choices[0].message, {"role": "user", "content": "And my box?"}]
    results.append(expect("next turn", True, client.chat.completions.create(
        model=model, messages=following).choices[0].message.content))

    prompts = [f"How do I open my {thing}?" for thing in ("jar", "box", "door", "letter")]
    alone = [client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}])
             .choices[0].message.content for prompt in prompts]
    results.append(expect(
        "together as alone", asyncio.run(together(options.url, options.key, model, prompts)) == alone, len(prompts)))

    for name, kind, change in [
            ("n", openai.BadRequestError, {"n": 2}), ("logprobs", openai.BadRequestError, {"logprobs": True}),
            ("unknown field", openai.BadRequestError, {"extra_body": {"temprature": 1}}),
            ("too long", openai.BadRequestError, {"messages": [{"role": "user", "content": "How? " * 5000}]}),
            ("model", openai.NotFoundError, {"model": "another"})]:
        try:
            client.chat.completions.create(**{"model": model, "messages": messages, **change})
            results.append(expect(name, False, "was answered"))
        except kind as error:
            results.append(expect(name, error.body["code"] is not None, error.body["message"]))
    raise SystemExit(0 if all(results) else 1)


main()
