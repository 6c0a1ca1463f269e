-- Posts the lines of the file in ROWS, one after the other, as bodies of chat requests.
local bodies = {}
for line in io.lines(os.getenv("ROWS")) do bodies[#bodies + 1] = line end
local next = 0
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer sk-test"
request = function()
    next = next % #bodies + 1
    return wrk.format(nil, nil, nil, bodies[next])
end
