-- Load for wrk: a request with another token each time; at most one per connection and `delay` when that is given.
-- A line with a proof (DPoP) behind the path is sent with that proof, and its token as a bound one.
-- Settings travel in the environment: AIKOM_LOAD_TOKENS (file, one per line), AIKOM_LOAD_BODY (prefix of a form; the
-- token is then posted instead of sent as a bearer), AIKOM_LOAD_AUTH (Authorization of such posts), AIKOM_LOAD_DELAY_MS,
-- AIKOM_LOAD_GATE_SECRET (ask the gate about the path, as its proxy does).

local tokens = {}
local thread_number = 0

function setup(thread)
    thread:set("offset", thread_number * 7919)
    thread_number = thread_number + 1
end

function init(args)
    for line in io.lines(os.getenv("AIKOM_LOAD_TOKENS")) do
        tokens[#tokens + 1] = line
    end
    body = os.getenv("AIKOM_LOAD_BODY")
    auth = os.getenv("AIKOM_LOAD_AUTH")
    secret = os.getenv("AIKOM_LOAD_GATE_SECRET")
    pause = tonumber(os.getenv("AIKOM_LOAD_DELAY_MS") or "0")
    math.randomseed(offset + 1)
    next_token = offset % #tokens
end

function request()
    next_token = next_token % #tokens + 1
    local token, path, proof = tokens[next_token]:match("^(%S+) (%S+) ?(%S*)$")
    if body then
        local headers = { ["Authorization"] = auth, ["Content-Type"] = "application/x-www-form-urlencoded" }
        return wrk.format("POST", nil, headers, body .. token)
    end
    local headers = { ["Authorization"] = "Bearer " .. token }
    if proof ~= "" then
        headers = { ["Authorization"] = "DPoP " .. token, ["DPoP"] = proof }
    end
    if secret then
        headers["X-Aikom-Gate-Secret"] = secret
        headers["X-Original-Method"] = "GET"
        headers["X-Original-URI"] = path
        return wrk.format("GET", "/authz", headers)
    end
    return wrk.format("GET", path, headers)
end

if (os.getenv("AIKOM_LOAD_DELAY_MS") or "0") ~= "0" then
    -- Between half and one and a half times the pause, so that connections do not march in step.
    function delay()
        return math.floor(pause * (0.5 + math.random()) + 0.5)
    end
end

function done(summary, latency, requests)
    local refused = summary.errors.status
    local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.stderr:write(string.format(
        '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "refused": %d, "broken": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        latency.max / 1000, refused, broken))
end
